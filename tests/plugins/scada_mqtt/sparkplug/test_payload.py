"""The Sparkplug codec: every datatype there and back, and nothing that a payload can do to it."""

import math
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug import payload, write
from wellhead_scada_mqtt.sparkplug._generated.sparkplug_b_pb2 import (
    Metric,
    PropertySet,
    PropertyValue,
)
from wellhead_scada_mqtt.sparkplug.births import Birth
from wellhead_scada_mqtt.sparkplug.datatypes import METRIC_DATATYPES, NUMBERS, name_of
from wellhead_scada_mqtt.sparkplug.host import Host
from wellhead_scada_mqtt.sparkplug.topics import Topic

FOLDER = Path(payload.__file__).parent
NOW_MS = 1_700_000_000_000
TOPICS = [
    *((verb, None) for verb in ("NBIRTH", "NBIRTH", "NDATA", "NDATA", "NDEATH")),
    *((verb, "d") for verb in ("DBIRTH", "DDATA", "DDEATH")),
]
WHOLE = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32)},
    "int64": (-(2**53), 2**53),
    "uint64": (0, 2**53),
}

BY_THE_SPECIFICATION = bytes.fromhex(
    "08eaf2f5a8a02b12120a026938100118a2828395862b200150fb0112140a036936341002200458fbffffffffff"
    "ffffff01120c0a016610032009650000c03f12220a01641004200a4a100a075175616c6974791205080318f403"
    "6900000000000002c012090a01621005200b7001120d0a01731006200c7a0454657374120c0a046e756c6c1007"
    "200a380112120a046c6174651008200728015080d0acf30e12140a0562726965661009200d300158a282839586"
    "2b12130a04626c6f62100a20114202180282010200ff12190a03736574100b20108a010d080112016318032204"
    "0a02080112130a03756474100c201392010712030a017828011802"
)
"""One metric of each sort, encoded with the schema that the specification prints in 6.4.1."""


def read(datatype: str, *metrics: Metric) -> payload.Readings:
    message = payload.decode(write.payload(metrics, NOW_MS, 0))
    return payload.readings(message, np.full(len(metrics), METRIC_DATATYPES[datatype], np.uint8))


def test_the_generated_module_is_made_of_the_proto_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I", str(FOLDER)]
    outputs = [f"--python_out={tmp_path}", f"--pyi_out={tmp_path}", "sparkplug_b.proto"]
    subprocess.run([*command, *outputs], check=True, timeout=60)

    for made in tmp_path.iterdir():
        assert (FOLDER / "_generated" / made.name).read_bytes() == made.read_bytes(), "make proto"


def test_a_payload_of_the_specification_s_own_schema_is_read() -> None:
    birth = Birth.of(payload.decode(BY_THE_SPECIFICATION))
    message, found = birth.message, payload.readings(birth.message, birth.datatypes)

    assert (message.seq, message.sent) == (2, 1_486_144_502_122_000)
    assert message.times.tolist()[:2] == [1_479_123_452_194_000, message.sent]
    names = ["i8", "i64", "f", "d", "b", "s", "null", "late", "brief", "blob", "set", "udt"]
    assert list(birth.names) == names
    assert [birth.rows[alias] for alias in range(1, 13)] == list(range(12))
    numbers = dict(zip(names, found.values.tolist(), strict=True))
    assert [numbers[name] for name in ("i8", "i64", "f", "d", "b", "late", "brief")] == [
        -5.0,
        -5.0,
        1.5,
        -2.25,
        1.0,
        4e9,
        1_479_123_452_194.0,
    ]
    assert found.texts == {names.index("s"): "Test"}
    assert message.historical.tolist() == [name == "late" for name in names]
    assert [metric.is_transient for metric in message.metrics] == [n == "brief" for n in names]
    bad, refused = sdk.quality.BAD, sdk.quality.BAD_CONFIGURATION
    others = {"d": 68, "null": bad, "blob": refused, "set": refused, "udt": refused}
    assert found.qualities.tolist() == [others.get(name, 192) for name in names]


@given(st.data())
def test_whole_numbers_come_back_by_their_datatype(data: st.DataObject) -> None:
    datatype = data.draw(st.sampled_from(sorted(WHOLE)))
    values = data.draw(st.lists(st.integers(*WHOLE[datatype]), min_size=1, max_size=5))

    found = read(datatype, *(write.metric(datatype, value) for value in values))

    assert found.values.tolist() == values
    assert (found.qualities == sdk.quality.GOOD).all()


@pytest.mark.parametrize(
    ("datatype", "wire"),
    [("int8", 0xFF), ("int8", 0xFFFFFFFF), ("int16", 0xFFFF), ("int32", 2**32 - 1)],
)
def test_minus_one_is_read_with_and_without_the_upper_bits(datatype: str, wire: int) -> None:
    assert read(datatype, Metric(int_value=wire)).values[0] == -1


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(width=32, allow_nan=False))
def test_floats_come_back_and_absurd_ones_are_bad(double: float, single: float) -> None:
    assert read("float64", write.metric("float64", double)).values[0] == double
    found = read("float32", write.metric("float32", single))
    if np.isfinite(single):
        assert found.values[0] == single
    else:
        assert np.isnan(found.values[0])
        assert found.qualities[0] == sdk.quality.BAD_SENSOR_FAILURE


def test_text_and_truth_come_back() -> None:
    text = read("string", write.metric("string", "Bohrloch µ7"), write.metric("string", ""))
    assert text.texts == {0: "Bohrloch µ7", 1: ""}
    assert np.isnan(text.values).all()
    assert (text.qualities == sdk.quality.GOOD).all()
    assert read("bool", *(write.metric("bool", v) for v in (1, 0))).values.tolist() == [1.0, 0.0]


def test_a_null_a_wrong_sort_and_an_unsupported_datatype_are_bad_alone() -> None:
    metrics = [
        write.metric("float32", 1.5),
        write.metric("float32", None),
        Metric(float_value=1.5, is_null=True),
        Metric(string_value="1.5"),
        Metric(dataset_value=b"\x0a\x00"),
        Metric(template_value=b"\xff"),
        Metric(float_value=1.5),
    ]
    kinds = [9, 9, 9, 9, NUMBERS["DataSet"], NUMBERS["Template"], 255]
    found = payload.readings(
        payload.decode(write.payload(metrics, NOW_MS, 0)), np.array(kinds, np.uint8)
    )

    quality = sdk.quality
    assert found.qualities.tolist() == [
        quality.GOOD,
        quality.BAD,
        quality.BAD,
        quality.BAD_DEVICE_FAILURE,
        quality.BAD_CONFIGURATION,
        quality.BAD_CONFIGURATION,
        quality.BAD_CONFIGURATION,
    ]
    assert found.values[0] == 1.5
    assert np.isnan(found.values[1:]).all()
    assert (name_of(16), name_of(255)) == ("DataSet", "datatype 255")


def test_times_are_the_metric_s_else_the_payload_s_and_absurd_ones_none() -> None:
    metrics = [Metric(timestamp=NOW_MS - 5), Metric(), Metric(timestamp=2**64 - 1)]

    message = payload.decode(write.payload(metrics, NOW_MS, 7))

    assert message.times.tolist() == [(NOW_MS - 5) * 1000, NOW_MS * 1000, NOW_MS * 1000]
    assert (message.seq, message.sent) == (7, NOW_MS * 1000)
    assert payload.decode(write.payload([Metric()], 0)).times.tolist() == [0]


def test_keys_are_names_else_aliases_and_an_alias_0_is_one() -> None:
    metrics = [Metric(name="a", alias=3), Metric(alias=3), Metric(alias=0), Metric()]

    message = payload.decode(write.payload(metrics, NOW_MS))

    assert message.keys == ["a", 3, 0, None]
    assert message.seq is None


def test_the_quality_property_is_sparkplug_s_three_codes() -> None:
    def rated(value: PropertyValue, *keys: str) -> bytes:
        return PropertySet(keys=keys, values=[value]).SerializeToString()

    properties = [
        *(rated(PropertyValue(type=3, int_value=code), "Quality") for code in (0, 192, 500, 7)),
        rated(PropertyValue(string_value="bar"), "engUnit"),
        rated(PropertyValue(int_value=192), "Quality", "one too many"),
        rated(PropertyValue(string_value="good"), "Quality"),
        b"Quality",
        b"\x0a\x07Quality" + bytes(20_000),
        b"",
    ]
    message = payload.decode(write.payload([Metric(properties=p) for p in properties], NOW_MS))

    good, stale = sdk.quality.GOOD, sdk.quality.UNCERTAIN_LAST_USABLE
    assert message.qualities.tolist() == [0, good, stale, 0, good, 0, 0, 0, 0, good]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x12\x00" * 100_000, id="200 kB of empty metrics"),
        pytest.param(bytes(payload.MAX_BYTES + 1), id="too many bytes"),
        pytest.param(b"\x12\x00" * 21_000 + bytes(70_000), id="too many, then nonsense"),
        pytest.param(b"\x18\x80\x02", id="seq 256"),
        pytest.param(b"\x0b" * 70_000, id="groups"),
        pytest.param(b"\xff" * 70_000, id="a number without end"),
        pytest.param(b"\x12\x05\x0a\x03\xff\xfe\xfd", id="a name that is no UTF-8"),
    ],
)
def test_what_is_no_payload_or_too_large_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(payload.PayloadError) as refused:
        payload.decode(data)
    assert refused.value.field in ("payload", "payload.seq")


def test_a_birth_of_many_metrics_is_read() -> None:
    metrics = [write.metric("float32", n, name=f"well/{n}/p", alias=n) for n in range(15_000)]

    assert len(payload.decode(write.payload(metrics, NOW_MS, 0))) == 15_000


def mutated(rng: random.Random, valid: bytes) -> bytes:
    """Random bytes, or a birth with bytes changed, cut out, doubled and put in."""
    data = bytearray(valid if rng.randrange(4) else rng.randbytes(rng.randrange(200)))
    for _ in range(rng.randrange(1, 5)):
        place = rng.randrange(len(data) + 1)
        match rng.randrange(3):
            case 0:
                data[place : place + 1] = rng.randbytes(1)
            case 1:
                del data[place : place + rng.randrange(8)]
            case _:
                data[place:place] = data[rng.randrange(len(data) + 1) :][: rng.randrange(64)]
    return bytes(data)


def wild(rng: random.Random) -> bytes:
    """A payload that parses and makes no sense."""
    metrics = []
    for _ in range(rng.randrange(8)):
        made = Metric(name=rng.choice(["", "bdSeq", "m/int8", "x"]), is_null=rng.random() < 0.1)
        made.datatype = rng.choice([0, 1, 4, 9, 12, 16, 99, 2**32 - 1])
        made.timestamp = rng.choice([0, 1, NOW_MS, 2**63, 2**64 - 1])
        made.is_historical = rng.random() < 0.3
        made.properties = rng.choice([b"", b"", b"Quality", rng.randbytes(20)])
        if rng.random() < 0.7:
            made.alias = rng.choice([0, 1, 2, 2**64 - 1])
        match rng.randrange(6):
            case 0:
                made.int_value = rng.randrange(2**32)
            case 1:
                made.long_value = rng.randrange(2**64)
            case 2:
                made.float_value = rng.choice([0.5, math.inf, math.nan])
            case 3:
                made.string_value = "\0x"
            case 4:
                made.template_value = rng.randbytes(9)
            case _:
                pass
        metrics.append(made)
    return write.payload(metrics, rng.choice([0, NOW_MS, 2**64 - 1]), rng.randrange(4))


@pytest.mark.usefixtures("other_objects_at_rest")
def test_r9_10000_malformed_payloads_raise_only_what_is_declared() -> None:
    """R9: bytes that no payload has, and payloads that make no sense, in any order."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    metrics = [
        write.metric(datatype, 1, name=f"m/{datatype}", alias=number, time=NOW_MS)
        for number, datatype in enumerate(METRIC_DATATYPES)
    ]
    rated = PropertySet(keys=["Quality"], values=[PropertyValue(type=3, int_value=500)])
    metrics[0].properties = rated.SerializeToString()
    valid = write.payload(metrics, NOW_MS, 0)
    refused, longest = 0, 0.0
    address = {"group": "g", "node": "n", "device": None}
    points = [sdk.Point(0, "p", "int8", {**address, "metric": "m/int8"})]
    host, now = Host(2.0, 5.0), 0.0
    host.watch([sdk.PushGroup("all", 1.0, tuple(points))])
    memory = psutil.Process().memory_info().rss
    for number in range(10_000):
        data = mutated(rng, valid) if number % 2 else wild(rng)
        verb, device = rng.choice(TOPICS)
        now += rng.random() * 3
        begun = time.process_time()
        try:
            outcome = host.hear(Topic("g", verb, "n", device), data, now)
            outcome.add(host.overdue(now))
            for pushed in outcome.pushed:
                assert len(pushed.places) == len(pushed.values) == len(pushed.times)
                assert not np.isinf(pushed.values).any()
        except payload.PayloadError:
            refused += 1
        longest = max(longest, time.process_time() - begun)

    assert 3_000 < refused < 7_000  # so many were taken too
    assert longest <= 0.05
    assert psutil.Process().memory_info().rss - memory < 32 * 2**20
