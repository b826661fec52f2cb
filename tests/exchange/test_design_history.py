"""Designs gone through in any order: a list with a place in it tells what a history of them must hold."""

from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.errors import DesignError
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import INPUT, MAX_NAME, Architecture
from explorer.exchange.design_history import DesignHistory
from explorer.exchange.link import read_link, to_link
from tests.architecture.stacks import architectures

LENET, ALEXNET = PRESETS["lenet-d2l"].architecture, PRESETS["alexnet-28"].architecture
PAGES = st.sampled_from(["Explore", "Train", "Predict"])
DESIGNS = st.one_of(st.sampled_from([LENET, ALEXNET, replace(LENET, name="Mine"), LENET]), architectures())


def _edits(design: Architecture) -> Iterator[Architecture]:
    """Give designs that one click makes of this one."""
    for index in range(len(design.layers)):
        yield edit.replace_layer(design, index)
        yield edit.insert(design, index, edit.new_layer("ReLU"))


class Browsing(RuleBasedStateMachine):
    """A person edits, undoes, follows links and changes pages; the timeline is what they have seen, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.history = DesignHistory(LENET)
        self.timeline, self.place = [LENET], 0
        self.entries: dict[str, Architecture] = {}

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
            assert self.history.link == to_link(design)

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

    @rule(page=PAGES, design=DESIGNS)
    def follows_a_link(self, page: str, design: Architecture) -> None:
        known = self.address
        self.history.enter(page, to_link(design))
        if known != to_link(design):
            self._expect(design)
        assert self.history.design == design

    @rule(page=PAGES, back=st.sampled_from([-1, 1]))
    def goes_back_or_forward(self, page: str, back: int) -> None:
        there = self.timeline[min(len(self.timeline) - 1, max(0, self.place + back))]
        self.history.enter(page, to_link(there))
        self._expect(there)

    @rule(page=PAGES, text=st.one_of(st.just("broken"), st.text(max_size=20)))
    def follows_a_broken_link(self, page: str, text: str) -> None:
        design = self.history.design
        assume(self.address != f"!{text}")
        with pytest.raises(DesignError):
            self.history.enter(page, f"!{text}")
        self.history.enter(page, f"!{text}")  # the page runs again with it, and says it once
        assert self.history.design == design

    @rule(page=PAGES)
    def enters_by_the_menu(self, page: str) -> None:
        """A page without a design in its address: a new visit keeps the design, Back to it brings its own again."""
        stays, had_link, design = page == self.history.page, self.address is not None, self.history.design
        self.history.enter(page, None)
        if not stays:
            self.entries[page] = design
        elif had_link:
            self._expect(self.entries.get(page, design))

    @precondition(lambda self: self.history.page)
    @rule()
    def clicks_something_else(self) -> None:
        self.history.enter(self.history.page, self.history.link)

    @property
    def address(self) -> str | None:
        return self.history.link

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


def test_the_link_says_where_the_browser_is() -> None:
    history = DesignHistory(LENET)
    history.enter("Explore", None)
    assert history.link is None
    history.change(ALEXNET)
    assert read_link(history.link or "") == ALEXNET
    history.undo()
    assert read_link(history.link or "") == LENET


def test_back_to_an_entry_without_a_design_is_a_step_back_to_what_it_showed() -> None:
    history = DesignHistory(LENET)
    history.enter("Explore", None)
    history.change(ALEXNET)
    history.enter("Explore", None)
    assert (history.design, history.past, history.future) == (LENET, [], [ALEXNET])


def test_the_menu_takes_the_design_to_another_page() -> None:
    history = DesignHistory(LENET)
    history.enter("Explore", to_link(ALEXNET))
    history.enter("Train", None)
    assert history.design == ALEXNET


def test_an_edit_beyond_the_bounds_is_refused_and_changes_nothing() -> None:
    history = DesignHistory(LENET)
    with pytest.raises(DesignError):
        history.change(replace(LENET, name="a" * (MAX_NAME + 1)))
    assert (history.design, history.past, history.link) == (LENET, [], None)


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
