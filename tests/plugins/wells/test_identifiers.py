"""Identifiers: published examples, malformed ones, and properties that hold for every one."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.sdk import WellheadError
from wellhead_wells.identifiers import IdentifierKind, read, read_lenient
from wellhead_wells.us_well_number import STATES


def normal(kind: str, text: str) -> str | None:
    return read(kind, text).normalised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42-501-20130-03-00", "42501201300300"),  # SPWLA's and Wikipedia's example, Yoakum Co.
        ("42-501-20130", "42501201300000"),
        ("425012013003", "42501201300300"),
        ("31-101-20130-03-00", "31101201300300"),  # NYSM's, Steuben Co., New York
        ("05001095820000", "05001095820000"),  # lasio's leading-zero sample, Adams Co., Colorado
        ("42-413-32879", "42413328790000"),  # lasio's multi_channel.las
        (" 60-817-41169-00 ", "60817411690000"),  # Gulf of Mexico, Mississippi Canyon
    ],
)
def test_us_well_numbers(text: str, expected: str) -> None:
    found = read("us_well_number", text)
    assert found.normalised == expected
    assert found.value == text.strip()
    assert found.warning is None


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("5001095820000", "this has 13", "leading zero"),
        ("12345678", "this has 8", "state code seems to be missing"),
        ("42-501-20130-03-00-1", "this has 15", "10, 12 or 14"),
        ("53-501-20130", "unknown API state code 53", "not FIPS"),
        ("72-501-20130", "unknown API state code 72", "offshore"),
        ("123-543-987AZ", "digits only", "42-501-20130"),
        ("٤٢٥٠١٢٠١٣٠", "digits only", "hyphens allowed"),
        ("42.50120130", "digits only", "10, 12 or 14"),
        ("--", "digits only", "10, 12 or 14"),
    ],
)
def test_a_malformed_us_well_number_is_explained(text: str, message: str, remedy: str) -> None:
    with pytest.raises(WellheadError) as caught:
        read("us_well_number", text, field="identifiers.0")
    assert message in caught.value.message
    assert remedy in (caught.value.remedy or "")
    assert caught.value.field == "identifiers.0"
    assert caught.value.value == text


def test_the_state_table_is_api_s_and_not_fips() -> None:
    assert len(STATES) == 55
    assert STATES["42"] == "Texas"
    assert STATES["50"] == "Alaska"
    assert STATES["60"].startswith("Northern Gulf")
    assert not {"00", "52", "53", "54", "57"} & set(STATES)
    states = [STATES[f"{code:02}"] for code in range(1, 50)]
    assert states == sorted(states)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100.16-09-010-09W1.00", "100160901009W100"),  # Manitoba's published example
        ("100/16-09-010-09W1/00", "100160901009W100"),
        ("100091604920W300", "100091604920W300"),  # CWLS LAS specification
        ("100123401234W500", "100123401234W500"),  # CWLS LAS 3.0 specification
        ("1F1/03-28-097-11w4/02", "1F1032809711W402"),
        ("200/d-096-H/094-A-15/00", "200D096H094A1500"),
        ("200A002F093P0800", "200A002F093P0800"),
    ],
)
def test_canadian_uwis(text: str, expected: str) -> None:
    assert normal("canada_uwi", text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("100/17-09-010-09W1/00", "legal subdivision 17 is outside 1–16"),
        ("100/00-09-010-09W1/00", "legal subdivision 00 is outside 1–16"),
        ("100/16-37-010-09W1/00", "section 37 is outside 1–36"),
        ("100/16-09-127-09W1/00", "township 127 is outside 1–126"),
        ("100/16-09-010-35W1/00", "range 35 is outside 1–34"),
        ("100/16-09-010-09W7/00", "meridian W 7 is outside 1–6"),
        ("100/16-09-010-09W0/00", "meridian W 0 is outside 1–6"),
        ("100/16-09-010-09W1/12", "event sequence 12 is outside 0–9"),
        ("100/16-09-010-09E1/00", "not the DLS form"),
        ("100/16-09-010-09W1/0", "this has 15"),
        ("200/E-096-H/094-A-15/00", "quarter unit E is outside A–D"),
        ("200/D-101-H/094-A-15/00", "unit 101 is outside 1–100"),
        ("200/D-000-H/094-A-15/00", "unit 000 is outside 1–100"),
        ("200/D-096-M/094-A-15/00", "block M is outside A–L"),
        ("200/D-096-H/095-A-15/00", "map series 095"),
        ("200/D-096-H/094-Q-15/00", "map area Q is outside A–P"),
        ("200/D-096-H/094-A-17/00", "map sheet 17 is outside 1–16"),
        ("300E074350061450", "survey system 3 (federal permit)"),
        ("402A000000000000", "survey system 4 (geodetic)"),
        ("900091604920W300", "begins with its survey system"),
    ],
)
def test_a_malformed_uwi_is_explained(text: str, message: str) -> None:
    with pytest.raises(WellheadError) as caught:
        read("canada_uwi", text)
    assert message in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15/9-F-1 C", "15/9-F-1 C"),  # Volve
        ("NO 15/9-F-1 C", "15/9-F-1 C"),
        ("15/9-f-1c", "15/9-F-1 C"),
        ("15/9-F-15 D", "15/9-F-15 D"),
        ("6507/7-A-42", "6507/7-A-42"),  # Energistics' WITSML example
        ("15/9-19 SR", "15/9-19 SR"),
        ("25/11-G-34 BY1H", "25/11-G-34 BY1H"),
        ("1/2-1", "1/2-1"),
        ("2/4-14", "2/4-14"),
        ("7220/8-1", "7220/8-1"),
    ],
)
def test_norwegian_names(text: str, expected: str) -> None:
    assert normal("norway_name", text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("15/9F-1", "not a Norwegian well designation"),
        ("15-9-F-1", "not a Norwegian well designation"),
        ("15/13-1", "block 13 is outside 1–12"),
        ("15/0-1", "block 0 is outside 1–12"),
        ("37/1-1", "no quadrant 37"),
        ("101/1-1", "no quadrant 101"),
        ("6101/1-1", "no quadrant 6101"),
        ("15/9-F-0", "numbered from 1"),
    ],
)
def test_a_malformed_norwegian_name_is_explained(text: str, message: str) -> None:
    with pytest.raises(WellheadError, match=re.escape(message)):
        read("norway_name", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7405", "7405"), ("05599", "5599")],  # Volve 15/9-F-1 C and 15/9-F-12
)
def test_npdids(text: str, expected: str) -> None:
    assert normal("npdid", text) == expected


@pytest.mark.parametrize("text", ["0", "-5", "74 05", "7405.0", "12345678901"])
def test_a_malformed_npdid_is_explained(text: str) -> None:
    with pytest.raises(WellheadError, match="positive whole number"):
        read("npdid", text)


def test_other_identifiers_are_kept_as_text() -> None:
    assert normal("other", "uk 211/29a-  A37") == "UK 211/29A- A37"


@pytest.mark.parametrize("reader", [read, read_lenient])
@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("api", "4250120130", "unknown kind"),
        ("other", "  ", "is blank"),
        ("other", "x" * 65, "at most 64"),
        ("other", "a\x00b", "at most 64"),
    ],
)
def test_what_nothing_can_be_kept_of_is_an_error_for_imports_too(
    reader: Callable[..., object], kind: str, text: str, message: str
) -> None:
    with pytest.raises(WellheadError, match=message):
        reader(kind, text)


def test_an_import_keeps_a_malformed_identifier_with_a_warning() -> None:
    found = read_lenient("us_well_number", "123-543-987AZ")
    assert found.value == "123-543-987AZ"
    assert found.normalised is None
    assert found.warning is not None
    assert "digits only" in found.warning
    good = read_lenient("us_well_number", "42-501-20130")
    assert (good.normalised, good.warning) == ("42501201300000", None)


us_numbers = st.builds(
    lambda state, rest, length: (state + rest)[:length],
    st.sampled_from(sorted(STATES)),
    st.text("0123456789", min_size=12, max_size=12),
    st.sampled_from((10, 12, 14)),
)


@given(us_numbers, st.lists(st.integers(1, 13), max_size=4))
def test_hyphens_never_change_a_us_well_number(digits: str, cuts: list[int]) -> None:
    text = digits
    for cut in sorted(cuts, reverse=True):
        text = f"{text[:cut]}-{text[cut:]}"
    expected = digits + "0" * (14 - len(digits))
    assert normal("us_well_number", text) == expected
    assert normal("us_well_number", expected) == expected


@given(
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2),
    st.integers(1, 16),
    st.integers(1, 36),
    st.integers(1, 126),
    st.integers(1, 34),
    st.integers(1, 6),
    st.integers(0, 9),
)
def test_every_dls_location_reads_alike_in_both_spellings(
    exception: str, lsd: int, section: int, township: int, rng: int, meridian: int, event: int
) -> None:
    printed = f"1{exception}/{lsd:02}-{section:02}-{township:03}-{rng:02}W{meridian}/{event:02}"
    compact = re.sub("[/-]", "", printed)
    assert len(compact) == 16
    assert normal("canada_uwi", printed) == normal("canada_uwi", compact) == compact


@given(st.sampled_from(sorted(IdentifierKind)), st.text(max_size=80))
def test_any_text_is_read_or_refused_and_reading_is_idempotent(kind: str, text: str) -> None:
    try:
        found = read(kind, text)
    except WellheadError:
        return
    assert found.normalised is not None
    if kind != IdentifierKind.OTHER:
        assert normal(kind, found.normalised) == found.normalised
