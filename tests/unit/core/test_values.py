"""Values are what the standard library's dataclasses are, and cost less to define."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, asdict, astuple, field, replace

import pytest

from annotator.core.model import Statement, StatementId
from annotator.core.values import changed, dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is."""

    line: int
    column: int = 0
    notes: list[str] = field(default_factory=list, compare=False)


@dataclass(slots=True)
class Counter:
    """What changes as it goes."""

    name: str
    seen: int = field(default=7, init=False)

    def __post_init__(self) -> None:
        self.name = self.name.upper()


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """The same as a place, by the standard library."""

    line: int
    column: int = 0
    notes: list[str] = field(default_factory=list, compare=False)


def test_fields_are_given_by_place_or_by_name_and_defaults_are_made_anew() -> None:
    first, second = Place(3), Place(line=3, column=0)
    assert (first.line, first.column, first.notes) == (3, 0, [])
    assert first.notes is not second.notes
    with pytest.raises(TypeError, match="line"):
        Place()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="depth"):
        Place(3, depth=1)  # type: ignore[call-arg]


def test_values_with_equal_fields_are_equal_and_have_one_hash() -> None:
    assert Place(3, 4) == Place(3, 4, ["not compared"])
    assert Place(3, 4) != Place(3, 5)
    assert Place(3, 4) != Standard(3, 4)
    assert len({Place(3, 4), Place(3, 4), Place(4, 4)}) == 2


def test_a_frozen_value_refuses_to_change() -> None:
    place = Place(1)
    with pytest.raises(FrozenInstanceError, match="line"):
        place.line = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="line"):
        del place.line
    with pytest.raises(FrozenInstanceError):
        place.other = 2  # type: ignore[attr-defined]
    assert replace(place, line=2) == Place(2)


def test_it_is_shown_and_taken_apart_as_by_the_standard_library() -> None:
    place, same = Place(1, 2, ["a"]), Standard(1, 2, ["a"])
    assert repr(place) == repr(same).replace("Standard", "Place")
    assert asdict(place) == asdict(same) and astuple(place) == astuple(same)
    match place:
        case Place(line, column):
            assert (line, column) == (1, 2)


@pytest.mark.parametrize("there_and_back", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_a_copy_is_equal(there_and_back) -> None:
    assert there_and_back(Place(1, 2, ["a"])) == Place(1, 2)
    assert there_and_back(Place(1, 2, ["a"])).notes == ["a"]


def test_what_is_not_frozen_changes_and_has_no_hash() -> None:
    counter = Counter("steps")
    counter.seen += 1
    assert (counter.name, counter.seen) == ("STEPS", 8)
    assert counter != Counter("steps")
    with pytest.raises(TypeError, match="unhashable"):
        hash(counter)
    with pytest.raises(AttributeError):
        counter.other = 1  # type: ignore[attr-defined]


def test_what_is_changed_is_a_new_value_like_that_of_the_standard_library():
    before = Statement(StatementId("a"), title="One", extra={"seen": True})
    after = changed(before, title="Two", length=3)
    assert after == dataclasses.replace(before, title="Two", length=3)
    assert before.title == "One"
    with pytest.raises(AttributeError, match="no field tittle"):
        changed(before, tittle="Two")
