"""The plant tree: what the routes answer, and that it is a forest whatever happens to it."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from wellhead import sdk
from wellhead.assets.paths import paths
from wellhead.assets.tree import MOVED, below, move_asset
from wellhead.auth.identity import Identity, acting_as
from wellhead.database.events import parse_event
from wellhead.errors import WellheadError
from wellhead.sdk import Asset, db
from wellhead.testing import ApiClient, wait_until

pytestmark = pytest.mark.one_app

ASSETS = "/api/v1/assets"
NODES = 8
WAITING = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@pytest.fixture
def ids(api: ApiClient) -> dict[str, str]:
    """North > Pad 3 > W01 (equipment) > ESP; North > Pad 4; by name."""
    made: dict[str, str] = {}
    for kind, name, parent in (
        ("field", "North", ""),
        ("pad", "Pad 3", "North"),
        ("equipment", "W01", "Pad 3"),
        ("equipment", "ESP 100%", "W01"),
        ("pad", "Pad 4", "North"),
    ):
        body = {"kind": kind, "name": name, "parent_id": made.get(parent)}
        made[name] = api.post(ASSETS, body).data["id"]
    return made


def test_a_path_leads_from_the_root(api: ApiClient, ids: dict[str, str]) -> None:
    way = api.get(f"{ASSETS}/{ids['W01']}/path").data
    assert [(step["kind"], step["name"]) for step in way] == [
        ("field", "North"),
        ("pad", "Pad 3"),
        ("equipment", "W01"),
    ]
    assert [step["path"] for step in way] == ["North", "North / Pad 3", "North / Pad 3 / W01"]
    assert api.get(f"{ASSETS}/{ids['North']}/path").data[0]["parent_id"] is None


def test_lists_search_and_look_beneath(api: ApiClient, ids: dict[str, str]) -> None:
    def found(**query: str) -> list[str]:
        return [asset["path"] for asset in api.get(ASSETS, **query).data]

    assert found(q="pad") == ["North / Pad 3", "North / Pad 4"]
    assert found(q="%") == ["North / Pad 3 / W01 / ESP 100%"]
    assert found(q="w0", under=ids["Pad 4"]) == []
    assert found(under=ids["Pad 3"]) == ["North / Pad 3 / W01 / ESP 100%", "North / Pad 3 / W01"]
    assert found(parent_id=ids["North"]) == ["North / Pad 3", "North / Pad 4"]
    assert found(under=str(uuid.uuid4())) == []
    assert api.get(ASSETS, q="").status == api.get(ASSETS, under="North").status == 422
    described = {
        parameter["name"]: parameter["description"]
        for parameter in api.get("/api/v1/openapi.json").body["paths"][ASSETS]["get"]["parameters"]
    }
    assert {"q", "under", "parent_id"} <= set(described)


def test_a_tree_has_the_levels_asked_for(api: ApiClient, ids: dict[str, str]) -> None:
    tree = api.get(f"{ASSETS}/{ids['North']}/tree", depth=2).data
    assert (tree["name"], tree["more"]) == ("North", False)
    pad, other = tree["children"]
    assert (pad["name"], pad["more"], other["name"], other["more"]) == (
        ("Pad 3", False, "Pad 4", False)
    )
    assert pad["children"] == [
        {"id": ids["W01"], "kind": "equipment", "name": "W01", "children": [], "more": True}
    ]
    assert api.get(f"{ASSETS}/{ids['North']}/tree", depth=0).status == 422
    assert api.get(f"{ASSETS}/{uuid.uuid4()}/tree").status == 404


def test_a_tree_too_large_says_how_to_read_it(app: Flask, api: ApiClient) -> None:
    field = api.post(ASSETS, {"kind": "field", "name": "F"}).data["id"]
    with app.app_context(), sdk.tenant("default"):
        db.session.add_all(
            Asset(kind="equipment", name=f"E{n}", parent_id=uuid.UUID(field)) for n in range(1000)
        )
        db.session.commit()
    answer = api.get(f"{ASSETS}/{field}/tree")
    assert (answer.status, answer.error["details"][0]["field"]) == (422, "depth")


def test_a_move_is_checked_and_told(app: Flask, api: ApiClient, ids: dict[str, str]) -> None:
    pad = f"{ASSETS}/{ids['Pad 3']}"
    answer = api.patch(pad, {"parent_id": ids["W01"]})
    assert (answer.status, answer.error["details"][0]["field"]) == (422, "parent_id")
    equipment = f"{ASSETS}/{ids['W01']}"
    assert api.patch(equipment, {"parent_id": ids["W01"]}).status == 422
    assert api.patch(equipment, {"parent_id": ids["ESP 100%"]}).status == 422
    assert api.patch(equipment, {"parent_id": str(uuid.uuid4())}).status == 422
    assert api.patch(equipment, {"parent_id": ids["Pad 4"]}).data["path"] == "North / Pad 4 / W01"
    assert api.get(f"{ASSETS}/{ids['ESP 100%']}").data["path"] == "North / Pad 4 / W01 / ESP 100%"
    assert api.patch(equipment, {"parent_id": None}).data["path"] == "W01"


def test_who_has_no_limit_pays_nothing(app: Flask) -> None:
    statement = select(Asset)
    with inside(app):
        assert sdk.visible_assets() is None
        assert sdk.only_visible(statement, Asset.id) is statement
        with acting_as(limited([])):
            assert sdk.only_visible(statement, Asset.id) is not statement
            assert db.session.scalars(sdk.only_visible(statement, Asset.id)).all() == []


@pytest.mark.parametrize("name", [" x", "x ", "a\nb", ""])
def test_a_name_is_one_line(api: ApiClient, name: str) -> None:
    assert api.post(ASSETS, {"kind": "field", "name": name}).status == 422


def test_a_move_with_a_new_name_is_one_change(api: ApiClient, ids: dict[str, str]) -> None:
    """Its old name is taken where it goes, its new one where it was."""
    esp = f"{ASSETS}/{ids['ESP 100%']}"
    for name, parent in (("ESP 100%", "Pad 4"), ("ESP 2", "W01")):
        body = {"kind": "equipment", "name": name, "parent_id": ids[parent]}
        assert api.post(ASSETS, body).status == 201
    taken = api.patch(esp, {"name": "ESP 2"})
    assert (taken.status, taken.error["details"][0]["field"]) == (409, "name")
    moved = api.patch(esp, {"name": "ESP 2", "parent_id": ids["Pad 4"]})
    assert moved.data["path"] == "North / Pad 4 / ESP 2"


def test_two_moves_at_once_make_no_circle(app: Flask) -> None:
    """Each is well by itself; the second waits for the first, looks again and is refused."""
    with inside(app):
        one, two = Asset(kind="equipment", name="1"), Asset(kind="equipment", name="2")
        db.session.add_all([one, two])
        db.session.commit()
        move_asset(one, two.id)

        def other() -> str:
            with inside(app):
                move_asset(db.session.get_one(Asset, two.id), one.id)
                db.session.commit()
                return "moved"

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(other)
            wait_until(lambda: db.session.scalar(WAITING), what="the second move waits")
            db.session.commit()
            with pytest.raises(WellheadError, match="under itself"):
                waiting.result(timeout=10)
        assert db.session.scalars(select(Asset.id).where(Asset.parent_id == one.id)).all() == []


def test_what_is_deleted_while_its_move_waits_is_not_there(app: Flask, api: ApiClient) -> None:
    with inside(app):
        one, two, gone = (Asset(kind="equipment", name=name) for name in ("1", "2", "gone"))
        db.session.add_all([one, two, gone])
        db.session.commit()
        move_asset(one, two.id)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(api.patch, f"{ASSETS}/{gone.id}", {"parent_id": str(one.id)})
            wait_until(lambda: db.session.scalar(WAITING), what="the second move waits")
            db.session.delete(gone)
            db.session.commit()
            answer = waiting.result(timeout=10)
    assert (answer.status, answer.error["code"]) == (404, "not_found")


def test_a_move_is_an_event(app: Flask, settings: sdk.Settings) -> None:
    with inside(app), sdk.connect(settings, "default") as connection:
        connection.execute("LISTEN wellhead_events")
        connection.commit()
        one, two = Asset(kind="equipment", name="1"), Asset(kind="equipment", name="2")
        db.session.add_all([one, two])
        db.session.flush()
        move_asset(one, None)  # where it is already
        move_asset(one, two.id)
        db.session.commit()
        [heard] = connection.notifies(timeout=10, stop_after=1)
        event = parse_event(heard.payload)
    assert (event.kind, event.data) == (
        MOVED,
        {"id": str(one.id), "before": None, "after": str(two.id)},
    )


def test_a_circle_made_by_hand_hangs_nobody(app: Flask) -> None:
    with inside(app):
        one, two = Asset(kind="equipment", name="1"), Asset(kind="equipment", name="2")
        db.session.add_all([one, two])
        db.session.flush()
        one.parent_id, two.parent_id = two.id, one.id
        db.session.commit()
        assert set(db.session.scalars(below([one.id]))) == {one.id, two.id}
        assert [step.name for step in paths([one.id])[one.id]] == ["2", "1"]


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), sdk.tenant("default"):
        yield


# --- any moves at all -----------------------------------------------------------------------------

Parents = dict[int, int | None]
places = st.one_of(st.none(), st.integers(0, NODES - 1))
moves = st.lists(st.tuples(st.integers(0, NODES - 1), places), max_size=25)


def way(parents: Parents, node: int) -> list[int]:
    above = parents[node]
    return [*(way(parents, above) if above is not None else []), node]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=moves, granted=st.sets(st.integers(0, NODES - 1)), depth=st.integers(0, 4))
def test_moves_keep_it_a_forest_in_which_all_questions_agree(
    app: Flask, moves: list[tuple[int, int | None]], granted: set[int], depth: int
) -> None:
    with inside(app):
        db.session.execute(update(Asset).values(parent_id=None))
        db.session.execute(delete(Asset))
        nodes = [Asset(kind="equipment", name=str(number)) for number in range(NODES)]
        db.session.add_all(nodes)
        db.session.flush()
        parents: Parents = dict.fromkeys(range(NODES))
        for node, place in moves:
            circle = place is not None and node in way(parents, place)
            try:
                move_asset(nodes[node], None if place is None else nodes[place].id)
            except WellheadError:
                assert circle
            else:
                assert not circle
                parents[node] = place
            db.session.flush()
        number = {asset.id: place for place, asset in enumerate(nodes)}

        def numbers(statement: object) -> set[int]:
            return {number[key] for key in db.session.scalars(statement)}  # type: ignore[call-overload]

        everything = [asset.id for asset in nodes]

        def ways() -> dict[int, list[int]]:
            found = paths(everything).items()
            return {number[key]: [number[step.id] for step in steps] for key, steps in found}

        assert ways() == {node: way(parents, node) for node in parents}
        seen = {node for node in parents if granted.intersection(way(parents, node))}
        roots = [nodes[node].id for node in granted]
        assert numbers(below(roots)) == seen
        near = {n for n in parents if granted.intersection(way(parents, n)[-1 - depth :])}
        assert numbers(below(roots, depth)) == near
        with acting_as(limited(roots)):
            assert numbers(sdk.only_visible(select(Asset.id), Asset.id)) == seen
            assert ways() == {node: [n for n in way(parents, node) if n in seen] for node in seen}
            for node in parents:
                beneath = {n for n in seen if node in seen and node in way(parents, n)}
                assert numbers(sdk.assets_below([nodes[node].id])) == beneath
            for node in seen:
                parent = sdk.shown_parent(nodes[node].id, nodes[node].parent_id)
                above = parents[node]
                assert parent == (nodes[above].id if above is not None and above in seen else None)
        db.session.rollback()


def limited(roots: list[uuid.UUID]) -> Identity:
    nobody = uuid.UUID(int=0)
    return Identity(nobody, "", "default", (), frozenset(), nobody, tuple(roots))
