"""Rules about the README and the sample of its configuration."""

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from wellhead.check.module import Module, Rules
from wellhead.errors import ConfigError
from wellhead.plugins.contributions import Unproven
from wellhead.settings.checking import check_section

_TOML = re.compile(r"^```toml\n(.*?)^```", re.DOTALL | re.MULTILINE)


def readme_has_its_headings(module: Module) -> Sequence[str]:
    text = module.readme
    if text is None:
        if module.subject.folder is None:
            raise Unproven("a README beside the pyproject.toml is not installed; check the folder")
        return ["there is no README.md, in the package or beside the pyproject.toml"]
    problems = []
    title = text.partition("\n")[0]
    if title not in (f"# {module.name}", f"# wellhead-{module.name.replace('_', '-')}"):
        problems.append(f"the README begins with {title!r}; begin it with '# {module.name}'")
    headings = ["What it does", "Limits"]
    headings += ["Configuration"] if module.info.config_schema else []
    prefixes = [str(blueprint.url_prefix) for blueprint in module.subject.offers("blueprints")]
    headings += ["API"] if any(prefix.startswith("/api/") for prefix in prefixes) else []
    problems += [
        f"the README has no heading '## {heading}'"
        for heading in headings
        if f"\n## {heading}\n" not in text
    ]
    return problems


def sample_loads(module: Module) -> Sequence[str]:
    schema = module.info.config_schema
    readme = module.readme
    if readme is None:
        raise Unproven("there is no README.md here, see readme")
    shown = _TOML.findall(readme)
    path = module.home / "sample.toml" if module.home else None
    problems = []
    if path is not None and path.is_file() and schema is not None:
        sample = path.read_text(encoding="utf-8")
        if sample not in shown:
            problems.append("the README does not show sample.toml as it is, as ```toml")
    if schema is None:
        return problems
    section = _section(shown, module.name)
    if section is None:
        return [*problems, f"the README shows no ```toml with a section [plugins.{module.name}]"]
    section.pop("enabled", None)
    try:
        check_section(f"plugins.{module.name}", section, schema)
    except ConfigError as error:
        problems.append(f"the sample in the README is refused: {error}")
    keys = (field.data_key or name for name, field in schema().fields.items())
    problems += [f"the README says nothing of {key}" for key in keys if key not in readme]
    return problems


def _section(shown: Sequence[str], name: str) -> dict[str, Any] | None:
    for text in shown:
        try:
            plugins = tomllib.loads(text).get("plugins", {})
        except tomllib.TOMLDecodeError:
            continue  # a part of a file, say
        if name in plugins:
            return dict(plugins[name])
    return None


RULES: Rules = {
    "readme": ("The README has the headings that all have", readme_has_its_headings),
    "sample": ("The README shows a configuration that loads", sample_loads),
}
