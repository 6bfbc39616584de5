"""What becomes of an append reaches whoever asks, whenever and from whatever thread."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from wellhead_historian.spool.receipt import Receipt, all_of
from wellhead_historian.spool.spool import SpoolFull


def test_a_receipt_is_told_once_and_answers_from_then_on() -> None:
    receipt = Receipt()
    assert not receipt.done()
    receipt.tell(7)
    assert receipt.done()
    assert receipt.result() == 7
    assert receipt.exception() is None


def test_why_a_batch_is_not_kept_is_raised() -> None:
    receipt = Receipt()
    receipt.tell(SpoolFull("no room"))
    with pytest.raises(SpoolFull, match="no room"):
        receipt.result()
    assert isinstance(receipt.exception(), SpoolFull)


def test_waiting_ends_with_the_telling_or_after_its_time() -> None:
    receipt = Receipt()
    with pytest.raises(TimeoutError, match=r"within 0\.01 s"):
        receipt.result(0.01)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(receipt.result, 20) for _ in range(2)]
        receipt.tell(3)
        assert [each.result(20) for each in waiting] == [3, 3]


def test_callbacks_are_called_in_order_and_at_once_when_it_is_told() -> None:
    called: list[tuple[str, int]] = []
    receipt = Receipt()
    receipt.add_done_callback(lambda told: called.append(("first", told.result())))
    receipt.add_done_callback(lambda told: called.append(("second", told.result())))
    assert called == []
    receipt.tell(5)
    receipt.add_done_callback(lambda told: called.append(("late", told.result())))
    assert called == [("first", 5), ("second", 5), ("late", 5)]


def test_a_callback_that_fails_keeps_no_other_from_being_called() -> None:
    called: list[int] = []
    receipt = Receipt()
    receipt.add_done_callback(lambda _: 1 / 0)
    receipt.add_done_callback(lambda told: called.append(told.result()))
    receipt.tell(1)
    assert called == [1]


def test_no_callback_is_lost_or_called_twice_beside_the_telling() -> None:
    for number in range(500):
        receipt = Receipt()
        called: list[int] = []
        begin = threading.Barrier(3)

        def add(begin: threading.Barrier, receipt: Receipt, called: list[int]) -> None:
            begin.wait(20)
            for _ in range(20):
                receipt.add_done_callback(lambda told: called.append(told.result()))

        def tell(begin: threading.Barrier, receipt: Receipt, number: int) -> None:
            begin.wait(20)
            receipt.tell(number)

        threads = [
            threading.Thread(target=add, args=(begin, receipt, called)),
            threading.Thread(target=add, args=(begin, receipt, called)),
            threading.Thread(target=tell, args=(begin, receipt, number)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert called == [number] * 40


def test_all_of_several_is_told_when_the_last_is() -> None:
    receipts = [Receipt() for _ in range(3)]
    whole = all_of(receipts)
    receipts[2].tell(9)
    receipts[0].tell(7)
    assert not whole.done()
    receipts[1].tell(8)
    assert whole.result() == 9


def test_one_that_is_not_kept_speaks_for_all() -> None:
    receipts = [Receipt() for _ in range(2)]
    whole = all_of(receipts)
    receipts[0].tell(SpoolFull("no room"))
    receipts[1].tell(2)
    with pytest.raises(SpoolFull):
        whole.result()
