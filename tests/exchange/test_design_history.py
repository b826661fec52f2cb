"""Designs gone through in any order: a list with a place in it tells what a history of them must hold."""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import INPUT, MAX_NAME, Architecture
from explorer.exchange.design_history import KEPT, DesignHistory, Steps
from explorer.exchange.link import to_link
from tests.architecture.stacks import architectures

LENET, ALEXNET = PRESETS["lenet-d2l"].architecture, PRESETS["alexnet-28"].architecture
DESIGNS = st.one_of(st.sampled_from([LENET, ALEXNET, replace(LENET, name="Mine"), LENET]), architectures())


def _edits(design: Architecture) -> Iterator[Architecture]:
    """Give designs that one click makes of this one."""
    for index in range(len(design.layers)):
        yield edit.replace_layer(design, index)
        yield edit.insert(design, index, edit.new_layer("ReLU"))


class Browsing(RuleBasedStateMachine):
    """A person edits, undoes, follows links and reloads; the timeline is what they have seen, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.history = DesignHistory(LENET)
        self.timeline, self.place = [LENET], 0

    def _expect(self, design: Architecture) -> None:
        """Arrive at a design by an address: the neighbour in the timeline, or a new end of it."""
        now = self.timeline[self.place]
        neighbours = {-1: self.timeline[self.place - 1] if self.place else now}
        neighbours[1] = self.timeline[self.place + 1] if self.place + 1 < len(self.timeline) else now
        step = next((step for step, there in neighbours.items() if there == design != now), 0)
        if step:
            self.place += step
        elif design != now:
            self._append(design)

    def _append(self, design: Architecture) -> None:
        self.timeline[self.place + 1 :] = [design]
        self.place += 1

    @rule(data=st.data())
    def edits(self, data: st.DataObject) -> None:
        design = data.draw(st.one_of(DESIGNS, st.sampled_from([*_edits(self.history.design), self.history.design])))
        self.history.change(design)
        if design != self.timeline[self.place]:
            self._append(design)

    @rule()
    def undoes(self) -> None:
        self.history.undo()
        self.place = max(0, self.place - 1)

    @rule()
    def redoes(self) -> None:
        self.history.redo()
        self.place = min(len(self.timeline) - 1, self.place + 1)

    @rule(index=st.integers(INPUT, 70))
    def chooses(self, index: int) -> None:
        self.history.select(index)

    @rule(design=DESIGNS)
    def follows_a_link(self, design: Architecture) -> None:
        self.history.go_to(design)
        self._expect(design)
        assert self.history.design == design

    @rule(back=st.sampled_from([-1, 1]))
    def goes_back_or_forward(self, back: int) -> None:
        there = self.timeline[min(len(self.timeline) - 1, max(0, self.place + back))]
        self.history.go_to(there)
        self._expect(there)

    @rule()
    def reloads(self) -> None:
        steps = msgspec.convert(msgspec.to_builtins(self.history.steps), Steps)
        self.history = DesignHistory(self.history.design)
        self.history.restore(steps)
        lost = max(0, self.place - KEPT)
        self.timeline, self.place = self.timeline[lost : self.place + KEPT + 1], self.place - lost

    @invariant()
    def holds_the_timeline(self) -> None:
        assert self.history.design == self.timeline[self.place]
        assert self.history.past == self.timeline[: self.place]
        assert self.history.future == self.timeline[: self.place : -1]

    @invariant()
    def the_chosen_layer_is_one_of_them(self) -> None:
        assert INPUT <= self.history.selected < max(1, len(self.history.design.layers))


TestBrowsing = Browsing.TestCase


@given(DESIGNS, DESIGNS)
def test_undo_after_an_edit_gives_the_design_before_and_redo_the_edited_one(
    first: Architecture, then: Architecture
) -> None:
    history = DesignHistory(first)
    history.change(then)
    history.undo()
    assert (history.design, history.past) == (first, [])
    history.redo()
    assert history.design == then


def test_steps_are_not_taken_up_after_others_or_where_they_led_elsewhere() -> None:
    before = DesignHistory(LENET)
    before.change(ALEXNET)
    other, further = DesignHistory(LENET), DesignHistory(replace(LENET, name="Mine"))
    further.change(ALEXNET)
    other.restore(before.steps)
    further.restore(before.steps)
    assert (other.past, other.future) == ([], [])
    assert further.past == [replace(LENET, name="Mine")]


def test_steps_that_cannot_be_read_are_refused_whole() -> None:
    history, link = DesignHistory(LENET), to_link(LENET)
    with pytest.raises(DesignError):
        history.restore(Steps((to_link(ALEXNET), "broken"), link, ()))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"past": [link] * (KEPT + 1), "now": link, "future": []}, Steps)
    assert (history.past, history.future) == ([], [])


def test_an_edit_beyond_the_bounds_is_refused_and_changes_nothing() -> None:
    history = DesignHistory(LENET)
    with pytest.raises(DesignError):
        history.change(replace(LENET, name="a" * (MAX_NAME + 1)))
    assert (history.design, history.past) == (LENET, [])


def test_another_network_of_the_course_is_told_and_marks_no_change() -> None:
    history = DesignHistory(LENET)
    history.select(3)
    assert history.change(ALEXNET)
    assert (history.before, history.selected) == (None, INPUT)
    assert not history.change(replace(ALEXNET, name="Mine"))
    assert history.before == ALEXNET
    assert history.undo()


def test_what_was_before_is_the_last_network_that_fitted_and_nothing_after_a_step_back() -> None:
    history = DesignHistory(LENET)
    for size in (9, 8):  # both are too small for its layers
        history.change(replace(LENET, input_shape=(1, size, size)))
        assert history.before == LENET
    history.change(replace(LENET, input_shape=(1, 32, 32)))
    assert history.before == LENET
    history.undo()
    assert history.before is None
    history.redo()
    assert history.before is None


@given(architectures(), st.data())
def test_the_chosen_layer_stays_chosen_where_another_one_comes_or_goes(
    design: Architecture, data: st.DataObject
) -> None:
    assume(design.layers)
    chosen, place = (data.draw(st.integers(0, len(design.layers) - 1)) for _ in range(2))
    added = edit.new_layer("Flatten")
    history = DesignHistory(design, selected=chosen)
    history.change(edit.insert(design, place, added))
    layers = history.design.layers
    assert layers[history.selected] == design.layers[chosen] or added in design.layers or chosen == place
