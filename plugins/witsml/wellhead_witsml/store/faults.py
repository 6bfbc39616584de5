"""What a real store does wrong, to be switched on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Faults:
    """All off to begin with.

    delay_s: every answer comes so many seconds late
    http_500: the web server fails before the store is asked
    cut: the connection is cut in the middle of the answer
    malformed: XMLout ends in the middle of an element
    doctype: XMLout has a DOCTYPE with an entity
    duplicate_rows: the last row of data comes twice
    extra_values: rows have one value more than there are mnemonics
    literal_null: missing values are written `None`, not as the null value
    too_fast: every read of a log's data is answered −485
    """

    delay_s: float = 0.0
    http_500: bool = False
    cut: bool = False
    malformed: bool = False
    doctype: bool = False
    duplicate_rows: bool = False
    extra_values: bool = False
    literal_null: bool = False
    too_fast: bool = False
