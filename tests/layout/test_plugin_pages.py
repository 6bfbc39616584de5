"""A plugin's README and sample configuration are there, and true."""

from importlib import import_module
from pathlib import Path

from wellhead.plugins.info import PluginInfo
from wellhead.settings import load_settings
from wellhead.settings.checking import check_section


def test_every_plugin_has_a_readme_and_a_sample(plugins: dict[str, Path]) -> None:
    for name in plugins:
        readme: Path = plugins[name] / "README.md"
        assert readme.exists(), f"{readme} is missing"
        assert readme.read_text(encoding="utf-8").startswith(f"# {name}\n"), f"title of {readme}"
        assert (plugins[name] / "sample.toml").exists(), f"{name}: no sample.toml"


def test_the_readme_of_a_configurable_plugin_shows_its_sample(plugins: dict[str, Path]) -> None:
    for name, _ in configurable(plugins):
        readme = (plugins[name] / "README.md").read_text(encoding="utf-8")
        sample = (plugins[name] / "sample.toml").read_text(encoding="utf-8")
        assert "\n## Configuration\n" in readme, f"{name}: README has no section Configuration"
        assert f"```toml\n{sample}```" in readme, f"{name}: README does not show sample.toml as is"


def test_the_sample_of_a_configurable_plugin_is_accepted(plugins: dict[str, Path]) -> None:
    for name, info in configurable(plugins):
        settings = load_settings(plugins[name] / "sample.toml", {})
        section = dict(settings.plugins[name])
        section.pop("enabled")
        assert info.config_schema is not None
        check_section(f"plugins.{name}", section, info.config_schema)


def test_the_readme_of_a_configurable_plugin_names_every_key(plugins: dict[str, Path]) -> None:
    for name, info in configurable(plugins):
        assert info.config_schema is not None
        readme = (plugins[name] / "README.md").read_text(encoding="utf-8")
        missing = [key for key in info.config_schema().fields if key not in readme]
        assert missing == [], f"{name}: README says nothing of these"


def configurable(plugins: dict[str, Path]) -> list[tuple[str, PluginInfo]]:
    infos = [(name, import_module(f"wellhead_{name}.plugin").info) for name in plugins]
    return [(name, info) for name, info in infos if info.config_schema is not None]
