"""docs/configuration.md lists every key that the core and the built-in plugins take."""

from pathlib import Path

from wellhead.care.configuration_page import page


def test_the_page_is_up_to_date(root: Path) -> None:
    written = (root / "docs" / "configuration.md").read_text(encoding="utf-8")

    assert written == page(), "run `make docs`"


def test_every_key_says_what_it_is() -> None:
    keys = [line.split(" | ") for line in page().splitlines() if line.startswith("| `")]

    assert len(keys) > 40
    assert [cells[0] for cells in keys if not cells[3].strip(" |")] == []
