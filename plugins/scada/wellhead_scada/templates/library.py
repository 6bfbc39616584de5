"""All templates there are: those of the plugins, and those in the operator's own folder."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from wellhead import sdk
from wellhead_scada.drivers import Drivers
from wellhead_scada.templates.document import MOST_BYTES, Template, misfit, read_template


def all_templates(plugins: Any, folder: str | None, drivers: Drivers) -> list[Template]:
    """By title, those with an `error` among them; never raises for what is wrong with one.

    plugins: a runtime's plugin manager, which is asked for the hook `device_templates`
    folder: the operator's own, [plugins.scada] templates
    """
    found: dict[str, Template] = {}
    broken: list[Template] = []
    for template in _read(plugins, folder):
        other = found.get(template.name)
        error = template.error or misfit(template, drivers)
        if error is None and other is not None:
            error = f"its name is that of {other.file}: give it another"
        if error is None:
            found[template.name] = template
        else:
            broken.append(replace(template, error=error))
    return sorted([*found.values(), *broken], key=lambda each: (each.title, each.name))


def of_package(package: str, plugin: str) -> Iterator[Template]:
    """The templates in a package's `*.toml`."""
    try:
        files = sorted(resources.files(package).iterdir(), key=lambda file: file.name)
    except (ImportError, OSError) as error:
        yield Template(package, plugin, package, error=f"cannot be read: {error}")
        return
    for file in files:
        if file.name.endswith(".toml"):
            yield read_template(f"{package}/{file.name}", plugin, file.read_bytes())


def _read(plugins: Any, folder: str | None) -> Iterator[Template]:
    for plugin, packages in plugins.ask("device_templates"):
        for package in packages:
            yield from of_package(package, plugin)
    if folder is not None:
        yield from _of_folder(Path(folder).expanduser().absolute())


def _of_folder(folder: Path) -> Iterator[Template]:
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".toml")
    except OSError as error:
        yield Template(str(folder), None, folder.name, error=f"cannot be read: {error.strerror}")
        return
    for file in files:
        try:
            with file.open("rb") as opened:
                yield read_template(str(file), None, opened.read(MOST_BYTES + 1))
        except OSError as error:
            yield Template(str(file), None, file.stem, error=f"cannot be read: {error.strerror}")


def find(templates: list[Template], name: str) -> Template:
    """Raises WellheadError for one that is not there or cannot be used."""
    named = [template for template in templates if template.name == name]
    for template in named:
        if template.error is None:
            return template
    if named:
        raise sdk.WellheadError(
            f"this template cannot be used: {named[0].error}",
            field="template",
            value=name,
            remedy=f"Repair {named[0].file}",
        )
    raise sdk.not_found("template", name)
