"""The planner: every point asked for once, and the device's limits held."""

from random import Random
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_scada_modbus.block import Block
from wellhead_scada_modbus.decode import decode_registers
from wellhead_scada_modbus.plan import Plan
from wellhead_scada_modbus.schemas import BIT_TABLES, TABLES

from .helpers import WIDTHS, options, point

REGISTERS = [name for name in WIDTHS if name != "bool"]


@st.composite
def points(draw: st.DrawFn) -> list[sdk.Point]:
    found = []
    for _ in range(draw(st.integers(0, 60))):
        table = draw(st.sampled_from(TABLES))
        datatype = "bool" if table in BIT_TABLES else draw(st.sampled_from(REGISTERS))
        near = draw(st.sampled_from([0, 0, 1000, 65300]))
        address = min(near + draw(st.integers(0, 300)), 65536 - WIDTHS[datatype])
        found.append(point(datatype, table, address))
    return found


def blocks_of(number: int, plan: Plan) -> list[Block]:
    every = np.arange(len(plan))
    return [block for block in plan.blocks if number in every[block.layout.positions]]


@given(points(), st.integers(0, 20), st.integers(4, 125))
def test_every_point_is_in_one_request_that_holds_all_of_it(
    wanted: list[sdk.Point], gap: int, limit: int
) -> None:
    plan = Plan(wanted, options(gap_limit=gap, max_registers=limit))
    for number, one in enumerate(wanted):
        (block,) = blocks_of(number, plan)
        first, table = one.address["address"], one.address["table"]
        assert block.table == table
        assert block.address <= first
        assert first + WIDTHS[one.datatype] <= block.address + block.count


@given(points(), st.integers(0, 20), st.integers(4, 125))
def test_limits_are_held(wanted: list[sdk.Point], gap: int, limit: int) -> None:
    plan = Plan(wanted, options(gap_limit=gap, max_registers=limit))
    asked = {
        (one.address["table"], one.address["address"] + part)
        for one in wanted
        for part in range(WIDTHS[one.datatype])
    }
    for block in plan.blocks:
        assert block.count <= limit * (16 if block.table in BIT_TABLES else 1)
        gap_now = 0
        for address in range(block.address, block.address + block.count):
            gap_now = 0 if (block.table, address) in asked else gap_now + 1
            assert gap_now <= gap
        assert (block.table, block.address) in asked
        assert (block.table, block.address + block.count - 1) in asked


@given(points(), st.integers(0, 20))
def test_requests_that_could_be_one_are_one(wanted: list[sdk.Point], gap: int) -> None:
    plan = Plan(wanted, options(gap_limit=gap))
    for left, right in zip(plan.blocks, plan.blocks[1:], strict=False):
        if left.table == right.table:
            apart = right.address - (left.address + left.count)
            limit = 125 * (16 if left.table in BIT_TABLES else 1)
            first_right = min(
                WIDTHS[one.datatype]
                for one in wanted
                if (one.address["table"], one.address["address"]) == (right.table, right.address)
            )
            joined = right.address + first_right - left.address
            assert apart > gap or joined > limit


def spans(wanted: list[sdk.Point], **given: Any) -> list[tuple[str, int, int]]:
    plan = Plan(wanted, options(**given))
    return [(block.table, block.address, block.count) for block in plan.blocks]


def test_neighbours_share_a_request() -> None:
    wanted = [point("float32", "holding", 2 * number) for number in range(62)]
    assert spans(wanted) == [("holding", 0, 124)]


def test_a_32_bit_value_at_the_limit_moves_whole_to_the_next_request() -> None:
    wanted = [point("float32", "holding", 2 * number) for number in range(63)]
    assert spans(wanted) == [("holding", 0, 124), ("holding", 124, 2)]


def test_the_gap_limit_decides_whether_a_hole_is_read_over() -> None:
    wanted = [point("int16", "input", 10), point("int16", "input", 14)]
    assert spans(wanted, gap_limit=2) == [("input", 10, 1), ("input", 14, 1)]
    assert spans(wanted, gap_limit=3) == [("input", 10, 5)]


def test_bits_may_be_16_times_as_many() -> None:
    wanted = [point("bool", "coil", number) for number in range(33)]
    assert spans(wanted, max_registers=2) == [("coil", 0, 32), ("coil", 32, 1)]


def test_overlapping_values_share_a_request() -> None:
    wanted = [
        point("float32", "holding", 7),
        point("uint16", "holding", 8),
        point("uint16", "holding", 7),
    ]
    assert spans(wanted) == [("holding", 7, 2)]


def test_address_base_1_is_taken_off_on_the_wire() -> None:
    assert spans([point("int16", "holding", 1)], address_base=1) == [("holding", 0, 1)]


def test_points_ruled_out_by_the_base_are_bad_alone() -> None:
    wanted = [point("int16", "holding", 0), point("int16", "holding", 1)]
    plan = Plan(wanted, options(address_base=1))
    assert plan.begin().qualities.tolist() == [sdk.quality.BAD_CONFIGURATION, sdk.quality.GOOD]
    assert len(plan.blocks) == 1


def test_no_points_need_no_request() -> None:
    plan = Plan([], options())
    assert (len(plan), plan.blocks) == (0, ())


@given(points(), st.integers(0, 20), st.integers(4, 125), st.randoms(use_true_random=False))
def test_registers_decoded_at_once_are_what_each_answer_says(
    wanted: list[sdk.Point], gap: int, limit: int, random: Random
) -> None:
    plan = Plan(wanted, options(gap_limit=gap, max_registers=limit))
    blocks = [block for block in plan.blocks if not block.bits]
    answers = [random.randbytes(block.size) for block in blocks]
    layout = plan.joined(blocks)
    assert (layout is None) == (len(blocks) < 2)
    assert plan.joined(blocks[1:]) is None, "not all that the plan asks for"
    if layout is None:
        return
    assert plan.joined(blocks[::-1]) is None, "another order"
    once, each = plan.begin(), plan.begin()
    decode_registers(layout, b"".join(answers), once)
    for block, answer in zip(blocks, answers, strict=True):
        decode_registers(block.layout, answer, each)
    np.testing.assert_array_equal(once.values, each.values)
    np.testing.assert_array_equal(once.qualities, each.qualities)
    assert once.texts == each.texts
