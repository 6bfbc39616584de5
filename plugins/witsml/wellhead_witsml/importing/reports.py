"""A store's messages, risks and mud logs, in tables of this plugin."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_wells.models import Wellbore
from wellhead_witsml.importing.outcome import Outcome
from wellhead_witsml.importing.values import length, line, prose
from wellhead_witsml.models import Message, MudLog, Risk, Store
from wellhead_witsml.objects import mud_logs, operations
from wellhead_witsml.objects.common import Measure, WitsmlObject


def import_message(
    store: Store, bore: Wellbore, of: operations.Message, outcome: Outcome
) -> tuple[Message, bool]:
    """(the message, whether it is new)"""
    depths = _depths(outcome, {"md": of.md or of.bit_md})
    values = {
        "time": of.time,
        "message_type": line(outcome, "typeMessage", of.type),
        "severity": line(outcome, "severity", of.severity),
        "text": prose(of.text),
    }
    return _keep(Message, store, bore, of, values | depths)


def import_risk(
    store: Store, bore: Wellbore, of: operations.Risk, outcome: Outcome
) -> tuple[Risk, bool]:
    """(the risk, whether it is new)"""
    depths = _depths(
        outcome,
        {
            "md_begin": of.start_md,
            "md_end": of.end_md,
            "tvd_begin": of.measures.get("tvdHoleStart"),
            "tvd_end": of.measures.get("tvdHoleEnd"),
        },
    )
    values = {
        "risk_type": line(outcome, "type", of.type),
        "category": line(outcome, "category", of.category),
        "sub_category": line(outcome, "subCategory", ", ".join(of.subcategories) or None),
        "begins_at": of.start_time,
        "ends_at": of.end_time,
        "severity": of.severity,
        "probability": of.probability,
        "affected_personnel": [*filter(None, (prose(one) for one in of.affected))],
        "summary": prose(of.summary),
        "details": prose(of.details),
        "contingency": prose(of.contingency),
        "mitigation": [*filter(None, (prose(one) for one in of.mitigations))],
    }
    return _keep(Risk, store, bore, of, values | depths)


def import_mud_log(
    store: Store, bore: Wellbore, of: mud_logs.MudLog, outcome: Outcome
) -> tuple[MudLog, bool]:
    """(the mud log, whether it is new)"""
    unit = _unit(outcome, [of.start_md, of.end_md, *(part.top_md for part in of.intervals)])

    def in_unit(field: str, measure: Measure | None) -> float | None:
        return _in_unit(outcome, field, measure, unit)

    values = {
        "company": line(outcome, "mudLogCompany", of.company),
        "engineers": line(outcome, "mudLogEngineers", of.engineers, most=500),
        "md_begin": in_unit("startMd", of.start_md),
        "md_end": in_unit("endMd", of.end_md),
        "depth_unit": unit,
        "intervals": [
            {
                "md_top": in_unit("mdTop", part.top_md),
                "md_bottom": in_unit("mdBottom", part.bottom_md),
                "kind": part.type,
                "description": prose(part.description),
                "lithologies": [
                    {"kind": rock.type, "percent": rock.percent, "description": rock.description}
                    for rock in part.lithologies
                ],
            }
            for part in of.intervals
        ],
    }
    return _keep(MudLog, store, bore, of, values)


def _keep(
    model: Any, store: Store, bore: Wellbore, of: WitsmlObject, values: Mapping[str, Any]
) -> tuple[Any, bool]:
    found = sdk.db.session.scalar(
        select(model).where(
            model.store_id == store.id, model.wellbore_id == bore.id, model.uid == of.uid
        )
    )
    record = found or model(store_id=store.id, wellbore_id=bore.id, uid=of.uid)
    common = {
        "name": prose(of.name),
        "comments": prose(of.common.comments),
        "source_name": prose(of.common.source),
        "changed_at": of.common.changed,
    }
    for name, value in {**common, **values}.items():
        setattr(record, name, value)
    sdk.db.session.add(record)
    sdk.db.session.flush()
    return record, found is None


def _depths(outcome: Outcome, measures: Mapping[str, Measure | None]) -> dict[str, Any]:
    """All in the unit of the first."""
    unit = _unit(outcome, measures.values())
    values = {name: _in_unit(outcome, name, one, unit) for name, one in measures.items()}
    return {**values, "depth_unit": unit}


def _unit(outcome: Outcome, measures: Any) -> str | None:
    for measure in measures:
        found = length(outcome, "md", measure)
        if found is not None:
            return found[1]
    return None


def _in_unit(
    outcome: Outcome, field: str, measure: Measure | None, unit: str | None
) -> float | None:
    found = length(outcome, field, measure)
    if found is None or unit is None:
        return None
    return sdk.units.convert(found[0], found[1], unit)
