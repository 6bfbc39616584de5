"""Stores that answer something other than what was asked of them."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.polling.columns import without_future
from wellhead_witsml.polling.replies import data_of, header_of
from wellhead_witsml.protocol.capabilities import Capabilities, Limits, read_capabilities
from wellhead_witsml.protocol.errors import ReplyError

NOW = 1_780_000_000e6
UTC = ZoneInfo("UTC")
ASKED = {"uid_well": "w", "uid_wellbore": "b", "uid": "mine"}
CURVES = (
    "<logCurveInfo uid='d'><mnemonic>DEPT</mnemonic><unit>m</unit></logCurveInfo>"
    "<logCurveInfo uid='g'><mnemonic>GR</mnemonic><unit>gAPI</unit></logCurveInfo>"
)


def log(uids: str, name: str = "", value: float = 1.0) -> str:
    return (
        f"<log {uids}><name>{name}</name><indexType>measured depth</indexType>"
        f"<indexCurve>DEPT</indexCurve>{CURVES}<logData><mnemonicList>DEPT,GR</mnemonicList>"
        f"<unitList>m,gAPI</unitList><data>100,{value}</data></logData></log>"
    )


def logs(*inner: str) -> str:
    return f"<logs xmlns='http://www.witsml.org/schemas/1series'>{''.join(inner)}</logs>"


MINE = "uidWell='w' uidWellbore='b' uid='mine'"


def test_the_log_that_was_asked_for_is_taken_and_no_other() -> None:
    other = log("uidWell='w' uidWellbore='b' uid='other'", "Other")
    found = header_of(logs(other, log(MINE, "Mine")), ASKED, UTC)
    assert found is not None
    assert (found.name, found.uid) == ("Mine", "mine")
    assert header_of(logs(log("uidWell='W' uidWellbore='B' uid='Mine'")), ASKED, UTC)
    assert header_of(logs(other), ASKED, UTC) is None
    elsewhere = log("uidWell='v' uidWellbore='b' uid='mine'", "Mine of another well")
    assert header_of(logs(elsewhere), ASKED, UTC) is None


def test_a_log_without_uids_is_asked_on_by_those_that_were_asked() -> None:
    """An empty uid in a query selects every log of the store."""
    found = header_of(logs(log("", "Mine")), ASKED, UTC)
    assert found is not None
    assert (found.uid_well, found.uid_wellbore, found.uid) == ("w", "b", "mine")


@pytest.mark.parametrize("uid", ["uidWell='v'", "uidWellbore='c'", "uid='other'"])
def test_rows_of_another_log_are_refused(uid: str) -> None:
    header = header_of(logs(log(MINE)), ASKED, UTC)
    assert header is not None
    [mine] = data_of(logs(log(MINE, value=7.0)), header, UTC)
    assert mine.values.tolist() == [[7.0]]
    [unnamed] = data_of(logs(log("", value=8.0)), header, UTC)
    assert unnamed.values.tolist() == [[8.0]]
    with pytest.raises(ReplyError, match="of another log"):
        data_of(logs(log(uid, value=666.0), log(MINE)), header, UTC)


@pytest.mark.parametrize("digits", [11, 400, 4_000])
def test_a_number_beyond_all_reason_limits_nothing(digits: int) -> None:
    number = "9" * digits
    found = read_capabilities(
        f"<capServers><capServer><changeDetectionPeriod>{number}</changeDetectionPeriod>"
        f"<growingTimeoutPeriod dataObject='log'>{number}</growingTimeoutPeriod>"
        f"<function name='WMLS_GetFromStore'><dataObject maxDataNodes='{number}'>log"
        "</dataObject></function></capServer></capServers>"
    )
    assert found == Capabilities(functions={"WMLS_GetFromStore": ("log",)})
    assert found.limit("WMLS_GetFromStore", "log") == Limits()


def test_capabilities_larger_than_any_store_has_are_refused() -> None:
    named = "<name>" + "n" * 300_000 + "</name>"
    with pytest.raises(ReplyError, match="larger than 256 KiB"):
        read_capabilities(f"<capServers><capServer>{named}</capServer></capServers>")


def test_rows_of_the_future_are_left_out_with_a_warning() -> None:
    index = np.array([NOW, NOW + 3_600e6, NOW + 90_000e6], np.int64)
    data = LogData(
        ("ROP", "ACT"), (None, None), index, None,
        np.array([[1.0, 2.0, 3.0], [np.nan] * 3]), {1: ("a", "b", "c")},
    )  # fmt: skip
    kept = without_future(data, NOW)
    assert kept.index.tolist() == index[:2].tolist()
    assert kept.values[0].tolist() == [1.0, 2.0]
    assert kept.texts == {1: ("a", "b")}
    assert [(one.text, one.reason) for one in kept.problems] == [
        ("1 rows", "lie in the future: left out")
    ]
    assert without_future(kept, NOW) is kept
