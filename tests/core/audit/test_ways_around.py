"""SQLAlchemy's legacy bulk methods tell no event, so nothing may use them: they leave no trail."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
LEGACY = ("bulk_insert_mappings", "bulk_update_mappings", "bulk_save_objects")


def test_nothing_writes_past_the_audit() -> None:
    sources = [*(ROOT / "core").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    assert len(sources) > 50
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources
        for name in LEGACY
        if name in path.read_text(encoding="utf-8")
    ]
    assert found == []
