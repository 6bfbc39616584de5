"""wellhead.toml and the environment: what is right is taken, what is wrong is named."""

from pathlib import Path

import pytest

from wellhead.errors import ConfigError
from wellhead.settings import Settings, load_settings


def loaded(tmp_path: Path, text: str = "", **environ: str) -> Settings:
    path = tmp_path / "wellhead.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, environ)


def refused(tmp_path: Path, text: str = "", **environ: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text, **environ)
    return caught.value


def test_without_anything_the_defaults_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    settings = load_settings(None, {})

    assert settings == Settings(data_dir=tmp_path / "wellhead-data")
    assert settings.source is None
    assert settings.database.url is None
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8080)


def test_the_file_of_the_working_directory_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wellhead.toml").write_text("[web]\nport = 9000\n")
    monkeypatch.chdir(tmp_path)

    settings = load_settings(None, {})

    assert settings.web.port == 9000
    assert settings.source == tmp_path / "wellhead.toml"


def test_every_section_is_read(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        """
        data_dir = "/srv/wellhead"
        [database]
        url = "postgresql://app@db/wellhead"
        pool_size = 20
        [web]
        host = "0.0.0.0"
        origins = ["https://field.example"]
        [auth]
        access_minutes = 5
        [log]
        level = "debug"
        format = "json"
        [plugins.scada]
        gateway = "rig7"
        """,
    )

    assert settings.data_dir == Path("/srv/wellhead")
    assert settings.database.url == "postgresql://app@db/wellhead"
    assert settings.database.pool_size == 20
    assert (settings.web.host, settings.web.origins) == ("0.0.0.0", ["https://field.example"])
    assert settings.auth.access_minutes == 5
    assert (settings.log.level, settings.log.format) == ("debug", "json")
    assert settings.plugins["scada"] == {"gateway": "rig7", "enabled": True}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[web]\nprot = 1\n",
            '[web] prot: unknown configuration key. Did you mean "port"?',
        ),
        (
            "[databse]\nurl = ''\n",
            'databse: unknown configuration key. Did you mean "database"?',
        ),
        (
            "[log]\nxyzzy = 1\n",
            "[log] xyzzy: unknown configuration key. Known here: format, level",
        ),
        (
            "[web]\nport = 70000\n",
            "[web] port: Must be greater than or equal to 1 and less than or equal to 65535 "
            "(found 70000). Correct the value in wellhead.toml",
        ),
        (
            "[web]\nport = 8080.5\n",
            "[web] port: Not a valid integer (found 8080.5). Correct the value in wellhead.toml",
        ),
        (
            "[log]\nlevel = 'loud'\n",
            "[log] level: Must be one of: debug, info, warning, error (found 'loud'). "
            "Correct the value in wellhead.toml",
        ),
        (
            "web = 5\n",
            "web: Not a valid mapping type (found 5). Correct the value in wellhead.toml",
        ),
        (
            "[plugins]\nscada = 5\n",
            "plugins.scada.value: Not a valid mapping type (found 5). "
            "Correct the value in wellhead.toml",
        ),
        (
            "[plugins.scada]\nenabled = 'no'\n",
            "[plugins.scada] enabled: neither true nor false (found 'no'). "
            "Write true or false, without quotes",
        ),
        (
            "[database]\nadmin_url = 'postgresql://db'\n",
            "[database] admin_url: has no use without database.url (found 'postgresql://db'). "
            "Correct the value in wellhead.toml",
        ),
    ],
)
def test_a_mistake_is_named_with_field_value_and_remedy(
    tmp_path: Path, text: str, message: str
) -> None:
    assert str(refused(tmp_path, text)) == message


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    error = refused(tmp_path, "[database]\nadmin_url = 'postgresql://app:hunter2@db/w'\n")

    assert "hunter2" not in str(error)
    assert error.value == "postgresql://app:***@db/w"
    settings = loaded(
        tmp_path,
        "[database]\nurl = 'postgresql://app:hunter2@db/w'\n[plugins.x]\npassword = 'hunter2'\n",
    )
    assert "hunter2" not in repr(settings)


def test_text_that_is_not_toml_says_where(tmp_path: Path) -> None:
    error = refused(tmp_path, "[web]\nport =\n")

    assert error.field == str(tmp_path / "wellhead.toml")
    assert "not valid TOML" in str(error)
    assert "line 2" in str(error)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wellhead.toml"
    path.write_bytes(b"data_dir = '\xff'")

    with pytest.raises(ConfigError, match="not valid TOML") as caught:
        load_settings(path, {})
    assert caught.value.field == str(path)


@pytest.mark.parametrize("origin", ["--config", "WELLHEAD_CONFIG"])
def test_a_missing_file_says_who_named_it(tmp_path: Path, origin: str) -> None:
    path = tmp_path / "nowhere.toml"

    option = path if origin == "--config" else None
    environ = {} if option else {"WELLHEAD_CONFIG": str(path)}

    with pytest.raises(ConfigError, match="configuration file not found") as caught:
        load_settings(option, environ)

    assert (caught.value.field, caught.value.value) == (origin, str(path))


def test_a_folder_is_no_configuration_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory") as caught:
        load_settings(tmp_path, {})

    assert caught.value.value == str(tmp_path)
