"""Places for held connections."""

import threading

import pytest

from web.realtime.connections import Connections


@pytest.mark.parametrize(("threads", "cap"), [(1, 1), (2, 1), (4, 3), (64, 48), (256, 192)])
def test_a_quarter_of_the_threads_is_left_to_requests(threads: int, cap: int) -> None:
    assert Connections.for_threads(threads).cap == cap


def test_a_place_that_was_given_back_is_taken_again() -> None:
    places = Connections(1)
    assert places.hold()
    assert not places.hold()
    places.release()
    assert places.hold()


def test_many_threads_never_hold_more_than_the_cap() -> None:
    places, together = Connections(7), []

    def run() -> None:
        for _ in range(200):
            if places.hold():
                together.append(places.held)
                places.release()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(together) <= 7
    assert places.held == 0
