"""Which plugin is meant: a folder with its source, installed or not, or an installed one's name."""

import sys
import tomllib
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from wellhead.errors import WellheadError
from wellhead.plugins.loader import GROUP
from wellhead.settings.checking import did_you_mean


def entry_points_of(target: str) -> tuple[list[EntryPoint], Path | None]:
    """The entry points of the plugins meant, and the folder when it is one.

    What is in a folder, or its `src`, comes before what is installed. Raises WellheadError when
    there is no plugin.
    """
    folder = Path(target)
    if folder.is_dir():
        return _of_folder(folder.resolve()), folder.resolve()
    installed = {point.name: point for point in entry_points(group=GROUP)}
    if target not in installed:
        raise WellheadError(
            "is neither a folder nor an installed plugin",
            field="target",
            value=target,
            remedy=did_you_mean(target, installed, "Give the folder of the pyproject.toml"),
        )
    return [installed[target]], None


def _of_folder(folder: Path) -> list[EntryPoint]:
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        declared = dict(project["project"]["entry-points"][GROUP])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WellheadError(
            f"no plugin is declared here: {type(error).__name__}: {error}",
            field="target",
            value=str(folder),
            remedy=f'Declare it in the pyproject.toml below [project.entry-points."{GROUP}"]',
        ) from error
    code = folder / "src" if (folder / "src").is_dir() else folder
    sys.path.insert(0, str(code))
    return [EntryPoint(name, value, GROUP) for name, value in declared.items()]
