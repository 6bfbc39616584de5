"""From the templates to files: those of every plugin, then those of its kind.

A template's path is the file's: `package` stands for the Python package, `dot_` begins a hidden
name, and every one ends in `.j2`, which no tool takes for source.
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wellhead import __version__
from wellhead.errors import WellheadError

Kind = Literal["module", "driver"]
_SUFFIX = ".j2"


def write_plugin(kind: Kind, name: str, title: str, folder: Path) -> int:
    """Write the package into `folder`, which is made when it is not there; the number of files.

    name, title: checked ones (`wellhead.scaffold.names`)
    Raises WellheadError when something is in the folder already, or it cannot be written.
    """
    _refuse_taken(folder)
    words = _words(name, title)
    with as_file(files("wellhead.scaffold") / "templates") as templates:
        made = {
            _target(template.relative_to(templates / part), words): template.relative_to(templates)
            for part in ("common", kind)
            for template in sorted((templates / part).rglob(f"*{_SUFFIX}"))
        }
        environment = Environment(  # noqa: S701 (no HTML)
            loader=FileSystemLoader(templates),
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        texts = {
            target: environment.get_template(source.as_posix()).render(words, kind=kind)
            for target, source in made.items()
        }
    try:
        for target, text in texts.items():
            path = folder / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable(folder, str(error)) from error
    return len(texts)


def _words(name: str, title: str) -> dict[str, str]:
    """What templates may say: `gas_lab` is the package wellhead_gas_lab of the distribution
    wellhead-gas-lab, its paths begin with gas-lab and its classes with GasLab."""
    major, minor, *_ = __version__.split(".")
    return {
        "name": name,
        "title": title,
        "package": f"wellhead_{name}",
        "slug": name.replace("_", "-"),
        "camel": "".join(word.capitalize() for word in name.split("_")),
        "wellhead": f">={major}.{minor},<{int(major) + 1}",
    }


def _target(template: Path, words: dict[str, str]) -> Path:
    parts = [
        words["package"] if part == "package" else part.replace("dot_", ".", 1)
        for part in template.parts
    ]
    return Path(*parts).with_suffix("")


def _refuse_taken(folder: Path) -> None:
    try:
        taken = [path.name for path in folder.iterdir() if path.name != ".git"]
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unwritable(folder, str(error)) from error
    if taken:
        raise _unwritable(folder, f"it has {min(taken)} in it already")


def _unwritable(folder: Path, problem: str) -> WellheadError:
    return WellheadError(
        f"the package cannot be written here: {problem}",
        field="--path",
        value=str(folder),
        remedy="Name an empty folder, or one that is not there yet",
    )
