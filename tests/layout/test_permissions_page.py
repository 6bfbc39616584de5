"""docs/permissions.md says what the core and the built-in plugins declare."""

from pathlib import Path

from wellhead.care.permissions_page import installed, page


def test_the_page_is_up_to_date(root: Path) -> None:
    written = (root / "docs" / "permissions.md").read_text(encoding="utf-8")

    assert written == page(installed()), "run `make docs`"
