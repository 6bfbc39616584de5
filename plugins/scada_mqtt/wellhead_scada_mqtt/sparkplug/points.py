"""Which points a Sparkplug host can have, and what to change about one that it cannot."""

from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug.datatypes import METRIC_DATATYPES
from wellhead_scada_mqtt.sparkplug.write import BDSEQ


def check(point: sdk.Point, options: Mapping[str, Any]) -> None:
    """Raises WellheadError naming field, value and remedy when there cannot be such a tag."""
    if point.datatype not in METRIC_DATATYPES:
        raise sdk.WellheadError(
            "is no datatype of a metric that can be a tag",
            field="datatype",
            value=point.datatype,
            remedy=f"Use one of {', '.join(METRIC_DATATYPES)}",
        )
    if point.address["group"] not in options["groups"]:
        raise sdk.WellheadError(
            "is no group that the device listens to",
            field="address.group",
            value=point.address["group"],
            remedy=f"Use one of {', '.join(options['groups'])}, or add it to the device's groups",
        )


def check_write(point: sdk.Point) -> None:
    """Raises WellheadError when the metric is the edge node's own business."""
    if point.address["metric"] == BDSEQ:
        raise sdk.WellheadError(
            "counts the edge node's connections, which nobody else may",
            field="address.metric",
            value=BDSEQ,
            remedy="Make the tag read-only",
        )
