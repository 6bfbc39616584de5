"""How long a tag is kept and how it is drawn: what may be said of a tag, and of a class."""

from dataclasses import replace

import pytest
from flask import Flask

from wellhead import sdk
from wellhead.settings.checking import check_section
from wellhead.testing import ApiClient
from wellhead_historian.api import create_tag
from wellhead_historian.config import HistorianConfig
from wellhead_historian.models import Tag
from wellhead_historian.retention.classes import TagClass, classes_health, tag_classes

TAGS = "/api/v1/tags"
CLASSES = {"fast": {"keep_days": 30}, "safety": {"keep_days": 400, "keep_rollup_days": 3650}}


@pytest.fixture
def settings(settings: sdk.Settings) -> sdk.Settings:
    return replace(settings, plugins={**settings.plugins, "historian": {"classes": CLASSES}})


@pytest.fixture
def tag(app: Flask) -> str:
    with app.app_context(), sdk.tenant("default"):
        made = create_tag(name="P-1", datatype="bool", tag_class="fast", step=False).id
        sdk.db.session.commit()
    return f"{TAGS}/{made}"


def test_a_tag_says_how_it_is_kept_and_drawn(api: ApiClient, tag: str) -> None:
    assert {"tag_class": "fast", "step": False}.items() <= api.get(tag).data.items()
    changed = api.patch(tag, {"tag_class": "safety", "step": None})
    assert (changed.data["tag_class"], changed.data["step"]) == ("safety", None)
    assert [found["name"] for found in api.get(TAGS, tag_class="safety").data] == ["P-1"]
    assert api.get(TAGS, tag_class="default").data == []


def test_a_class_that_is_not_there_is_refused_with_those_that_are(
    app: Flask, api: ApiClient, tag: str
) -> None:
    answer = api.patch(tag, {"tag_class": "slow"})
    assert (answer.status, answer.error["details"][0]["field"]) == (422, "tag_class")
    assert "Name one of default, fast, safety" in answer.error["message"]
    refused = pytest.raises(sdk.WellheadError, match="no such class")
    with app.app_context(), sdk.tenant("default"), refused:
        create_tag(name="P-2", datatype="float32", tag_class="slow")


def test_tags_whose_class_is_gone_are_named_by_the_health_page(app: Flask, tag: str) -> None:
    with app.app_context(), sdk.tenant("default"):
        assert classes_health() == sdk.Health("tag classes", True, "3 configured")
        sdk.db.session.get_one(Tag, int(tag.rpartition("/")[2])).tag_class = "gone"
        sdk.db.session.commit()
        health = classes_health()
    assert not health.ok
    assert "gone (1 tags)" in health.detail


def test_what_is_kept_for_ever_unless_said() -> None:
    config = check_section("plugins.historian", {"classes": CLASSES}, HistorianConfig)
    assert tag_classes(config) == {
        "default": TagClass(None, None),
        "fast": TagClass(30, None),
        "safety": TagClass(400, 3650),
    }
    own = check_section(
        "plugins.historian", {"classes": {"default": {"keep_days": 7}}}, HistorianConfig
    )
    assert tag_classes(own) == {"default": TagClass(7, None)}


@pytest.mark.parametrize(
    ("classes", "field"),
    [
        ({"fast": {"keep_days": 0}}, "classes.fast.keep_days"),
        ({"fast": {"keep": 3}}, "classes.fast.keep"),
        ({"fast": {"keep_days": 9, "keep_rollup_days": 8}}, "classes.fast.keep_rollup_days"),
        ({"fast": {"keep_rollup_days": 8}}, "classes.fast.keep_rollup_days"),
        ({"Fast one": {}}, "classes.Fast one"),
        ([], "classes"),
    ],
)
def test_a_class_that_cannot_be_is_named_by_its_key(classes: object, field: str) -> None:
    with pytest.raises(sdk.WellheadError) as raised:
        check_section("plugins.historian", {"classes": classes}, HistorianConfig)
    assert raised.value.field == f"[plugins.historian] {field}"
