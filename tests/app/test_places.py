"""Places: so many in all, so many a session, and free again whatever happens."""

import pytest

from app.places import NoPlaceError, Places


def test_there_are_only_so_many_places_and_one_that_is_left_can_be_taken() -> None:
    places = Places(2, 2)
    with places.take("a"):
        with places.take("b"), pytest.raises(NoPlaceError), places.take("c"):
            pass
        with places.take("c"):
            assert places.taken == 2
    assert places.taken == 0


def test_one_session_cannot_take_all() -> None:
    places = Places(10, 2)
    with places.take("a"), places.take("a"):
        with pytest.raises(NoPlaceError), places.take("a"):
            pass
        with places.take("b"):
            assert places.taken == 3
    with places.take("a"):
        pass


def test_a_place_is_given_back_after_an_error() -> None:
    places = Places(1, 1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.take("a"):
            raise ZeroDivisionError


def test_once_closed_nobody_gets_a_place_and_who_has_one_keeps_it() -> None:
    places = Places(10, 10)
    with places.take("a"):
        places.close()
        with pytest.raises(NoPlaceError), places.take("b"):
            pass
        assert places.taken == 1
    assert places.is_closed


def test_what_is_remembered_of_sessions_is_forgotten_with_their_last_place() -> None:
    places = Places(10, 1)
    for number in range(1000):
        with places.take(str(number)):
            pass
    assert not places._held
