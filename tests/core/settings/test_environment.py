"""Environment variables override the file, and their text means what the key asks for."""

from pathlib import Path

import pytest

from wellhead.errors import ConfigError
from wellhead.settings import Settings, load_settings
from wellhead.settings.environment import EnvironmentText


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "wellhead.toml"
    path.write_text("data_dir = '/file'\n[web]\nport = 9000\n[plugins.scada]\ngateway = 'file'\n")
    return path


def loaded(file: Path, **environ: str) -> Settings:
    return load_settings(file, environ)


def test_the_environment_wins_over_the_file(file: Path) -> None:
    settings = loaded(
        file,
        WELLHEAD_DATA_DIR="/environment",
        WELLHEAD__WEB__PORT="9001",
        WELLHEAD__WEB__ORIGINS='["https://a.example", "https://b.example"]',
        WELLHEAD__DATABASE__URL="postgresql://app:secret@db/wellhead",
        WELLHEAD__PLUGINS__SCADA__GATEWAY="rig7",
        WELLHEAD_ADMIN_EMAIL="not the configuration's",
    )

    assert settings.data_dir == Path("/environment")
    assert settings.web.port == 9001
    assert settings.web.origins == ["https://a.example", "https://b.example"]
    assert settings.database.url == "postgresql://app:secret@db/wellhead"
    assert settings.plugins["scada"]["gateway"] == "rig7"


def test_the_short_form_of_the_port(file: Path) -> None:
    assert loaded(file, WELLHEAD_PORT="8123").web.port == 8123


def test_the_long_form_wins_over_the_short_one(file: Path) -> None:
    assert loaded(file, WELLHEAD__WEB__PORT="1111", WELLHEAD_PORT="2222").web.port == 1111


def test_an_empty_short_form_counts_as_not_set(file: Path) -> None:
    settings = loaded(file, WELLHEAD_PORT="", WELLHEAD_DATA_DIR="")

    assert (settings.web.port, settings.data_dir) == (9000, Path("/file"))


def test_a_folder_with_a_number_for_a_name_stays_text(file: Path) -> None:
    assert loaded(file, WELLHEAD_DATA_DIR="2026").data_dir == Path("2026").absolute()


def test_a_plugin_can_be_switched_off(file: Path) -> None:
    settings = loaded(file, WELLHEAD__PLUGINS__SCADA__ENABLED="false")

    assert not settings.plugin_enabled("scada")
    assert settings.plugin_enabled("wells")


def test_a_switch_that_is_neither_names_key_and_value(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[plugins.scada\] enabled: neither true nor false"):
        loaded(file, WELLHEAD__PLUGINS__SCADA__ENABLED="off")


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        (
            "WELLHEAD_PORT",
            "http",
            "[web] port: Not a valid integer (found 'http'). "
            "Correct WELLHEAD_PORT in the environment",
        ),
        (
            "WELLHEAD__WEB__PROT",
            "1",
            '[web] prot: unknown configuration key. Did you mean "port"? '
            "(set by WELLHEAD__WEB__PROT)",
        ),
        (
            "WELLHEAD__DATA_DIR__SPOOL",
            "x",
            'WELLHEAD__DATA_DIR__SPOOL: "data_dir" is a plain value, nothing can be below it. '
            "Check the name of the variable",
        ),
    ],
)
def test_a_mistake_names_its_variable(file: Path, variable: str, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(file, **{variable: text})

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("true", True),
        ('"5"', "5"),
        ("[1, 2]", [1, 2]),
        ("plain text", "plain text"),
        ("0.0.0.0", "0.0.0.0"),
        ("5\nother = 6", "5\nother = 6"),
        ("", ""),
    ],
)
def test_text_is_read_as_toml_where_it_is_one_value(text: str, value: object) -> None:
    assert EnvironmentText(text, "X").parsed() == value
