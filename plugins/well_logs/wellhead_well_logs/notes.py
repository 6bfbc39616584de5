"""What an import says beside what it made: warnings, and the error that names the line at fault."""

from dataclasses import dataclass, field

from wellhead import sdk


@dataclass(frozen=True, slots=True)
class Note:
    """One warning: of which field of the file, what was found there, and what was done about it."""

    field: str
    message: str
    value: str | None = None
    line: int | None = None


@dataclass(slots=True)
class Notes:
    """Warnings as they come up; the same one about many values once, with how many there were."""

    all: list[Note] = field(default_factory=list)
    _counts: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(
        self, name: str, message: str, value: str | None = None, line: int | None = None
    ) -> None:
        self.all.append(Note(name, message, None if value is None else value[:100], line))

    def count(self, name: str, message: str, line: int, value: str, times: int = 1) -> None:
        """Keeps the first and counts the others."""
        key = (name, message)
        if key not in self._counts:
            self._counts[key] = [len(self.all), 0]
            self.all.append(Note(name, message, value[:100], line))
        self._counts[key][1] += times

    def told(self) -> list[Note]:
        shown = list(self.all)
        for (name, message), (place, times) in self._counts.items():
            if times > 1:
                first = shown[place]
                shown[place] = Note(name, f"{message} ({times} times)", first.value, first.line)
        return shown


def broken(line: int, message: str, value: str, remedy: str) -> sdk.WellheadError:
    """What is wrong with a file, by its line from 1."""
    return sdk.WellheadError(message, field=f"line {line}", value=value[:100], remedy=remedy)
