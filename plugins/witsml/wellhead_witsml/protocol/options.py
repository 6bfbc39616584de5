"""OptionsIn: what a client asks for beside the query, as `keyword=value` pairs."""

from dataclasses import dataclass
from enum import StrEnum

from wellhead_witsml.protocol.errors import WitsmlError


class ReturnElements(StrEnum):
    """How much of an object GetFromStore gives."""

    ALL = "all"
    ID_ONLY = "id-only"
    HEADER_ONLY = "header-only"
    DATA_ONLY = "data-only"
    STATION_LOCATION_ONLY = "station-location-only"
    LATEST_CHANGE_ONLY = "latest-change-only"
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Options:
    """Options of one request; None = not sent, so that the store's default holds.

    max_return_nodes: the most data nodes (rows of a log, stations) to return, from 1
    request_latest_values: the last values of each curve of a log, so many, from 1
    """

    return_elements: ReturnElements | None = None
    max_return_nodes: int | None = None
    request_latest_values: int | None = None

    def __post_init__(self) -> None:
        for field in ("max_return_nodes", "request_latest_values"):
            value = getattr(self, field)
            if value is not None and value < 1:
                raise WitsmlError(
                    "must be at least 1", field=field, value=value, remedy="Leave it out for all"
                )

    def pairs(self) -> dict[str, str]:
        """Keyword and value, in the words of OptionsIn."""
        named = {
            "returnElements": self.return_elements,
            "maxReturnNodes": self.max_return_nodes,
            "requestLatestValues": self.request_latest_values,
        }
        return {keyword: str(value) for keyword, value in named.items() if value is not None}


def to_text(pairs: dict[str, str]) -> str:
    """OptionsIn as it travels: `a=1;b=2`."""
    return ";".join(f"{keyword}={value}" for keyword, value in pairs.items())


def from_text(text: str) -> dict[str, str]:
    """The pairs of an OptionsIn. Raises WitsmlError for a part without `=`."""
    pairs = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        keyword, found, value = part.partition("=")
        if not found:
            raise WitsmlError("is no keyword=value", field="OptionsIn", value=part)
        pairs[keyword.strip()] = value.strip()
    return pairs
