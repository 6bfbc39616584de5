"""Reading the trail."""

from sqlalchemy import func, select

from wellhead.assets.models import Asset
from wellhead.audit.models import AuditEntry, PlatformAuditEntry
from wellhead.database.extension import db, platform_session


def trail(*, after: int = 0) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.id > after).order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def platform_trail() -> list[PlatformAuditEntry]:
    with platform_session() as session:
        return list(session.scalars(select(PlatformAuditEntry).order_by(PlatformAuditEntry.id)))


def mark() -> int:
    """The end of the trail now."""
    return db.session.scalar(select(func.max(AuditEntry.id))) or 0


def add_asset(name: str) -> Asset:
    asset = Asset(kind="field", name=name)
    db.session.add(asset)
    db.session.commit()
    return asset
