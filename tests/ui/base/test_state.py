"""The session beside the address bar: steps through designs, links that arrive, and a slice for each feature."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import streamlit as st
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_NAME
from explorer.exchange.link import read_link, to_link
from explorer.exchange.packed import pack
from explorer.experiments.text_recipes import default_recipe
from explorer.ui.base import links, state
from explorer.ui.base.address import DESIGN, RECIPE, SETUP, LinkedSetup

LENET, ALEXNET = PRESETS["lenet-d2l"].architecture, PRESETS["alexnet-28"].architecture
MINE = replace(LENET, name="Mine")

EPOCHS = replace(default_recipe("lenet-d2l"), epochs=3)


class Bar(dict[str, str]):
    """The parameters in an address bar, to which Back goes by `go_back`."""

    by_history = False

    def from_dict(self, parameters: dict[str, str]) -> None:
        """Take others, as Streamlit has them."""
        self.clear()
        self.update(parameters)

    def go_back(self, parameters: dict[str, str], setup: LinkedSetup | None = None) -> None:
        """Bring an entry of the browser's history."""
        self.from_dict(parameters)
        self.by_history = True
        state.enter("train", setup)
        self.by_history = False


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> Bar:
    """The address bar of a new tab."""
    bar = Bar()
    monkeypatch.setattr("explorer.ui.base.address.came_by_history", lambda: bar.by_history)
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "query_params", bar)
    return bar


def reload() -> None:
    """Open what stands in the address in a session of its own."""
    st.session_state.clear()
    state.enter("train")


def test_undo_and_redo_without_a_step_do_nothing(address: Bar) -> None:
    state.undo()
    state.redo()
    designs = state.session().designs
    assert (designs.design, designs.past, designs.future, address) == (LENET, [], [], {})


def test_a_second_click_on_undo_that_comes_too_late_does_nothing(address: Bar) -> None:
    state.change(MINE)
    state.undo()
    state.undo()
    assert state.session().design == read_link(address[DESIGN]) == LENET
    state.redo()
    assert state.session().design == read_link(address[DESIGN]) == MINE


def test_an_edit_that_changes_nothing_leaves_the_address_alone(address: Bar) -> None:
    state.change(LENET)
    assert address == {}


def test_another_network_brings_its_texts_recipe_by_an_edit_a_link_and_undo(address: Bar) -> None:
    state.follow_classes(follows=False)
    state.change(ALEXNET)
    assert (state.session().recipe, state.session().follows_classes) == (default_recipe("alexnet-28"), True)
    state.undo()
    assert state.session().recipe == default_recipe("lenet-d2l")
    address[DESIGN] = to_link(ALEXNET)
    state.enter("explore")
    assert state.session().recipe == default_recipe("alexnet-28")


def test_a_changed_network_keeps_the_recipe() -> None:
    state.session().recipe = mine = replace(default_recipe("lenet-d2l"), epochs=3)
    state.change(edit.replace_layer(LENET, 0))
    state.undo()
    assert state.session().recipe == mine


def test_a_refused_edit_says_why_and_the_next_one_takes_the_words_away() -> None:
    state.change(replace(LENET, name="a" * (MAX_NAME + 1)))
    assert state.session().refusal.startswith("That edit is refused:")
    state.change(MINE)
    assert state.session().refusal == ""


def test_a_link_without_a_design_is_refused_until_one_with_a_design_comes(address: Bar) -> None:
    address[DESIGN] = "nothing"
    state.enter("explore")
    state.enter("explore")
    assert state.session().refusal == (
        "This link holds no design that can be read: found text that is no design; allowed: the whole link of one "
        "design, as it was copied. LeNet (the book) is shown instead."
    )
    assert state.address_parameters() == {DESIGN: to_link(LENET)}
    address[DESIGN] = to_link(MINE)
    state.enter("train")
    assert (state.session().refusal, state.session().design) == ("", MINE)


def test_the_menu_takes_the_design_along_and_every_pages_address_says_it(address: Bar) -> None:
    state.enter("explore")
    state.change(ALEXNET)
    address.clear()
    assert state.enter("claims"), "the menu's addresses are bare"
    assert state.address_parameters() == {DESIGN: to_link(ALEXNET)}
    assert not state.enter("claims"), "it stays there"


def test_a_click_whose_address_is_older_than_what_stands_there_changes_nothing(address: Bar) -> None:
    """Streamlit sends with a click what it wrote last, not what we put there since."""
    state.enter("train")
    state.change(MINE)
    state.session().recipe = EPOCHS
    address.from_dict({DESIGN: to_link(LENET)})
    state.enter("train")
    assert (state.session().design, state.session().recipe) == (MINE, EPOCHS)


def test_a_reload_brings_the_design_the_recipe_and_what_was_shown(address: Bar) -> None:
    state.enter("train")
    state.change(ALEXNET)
    state.session().recipe = mine = replace(state.session().recipe, epochs=3)
    links.write(links.RUN, "35b337dfe9")
    reload()
    assert (state.session().design, state.session().recipe) == (ALEXNET, mine)
    assert links.read(links.RUN) == "35b337dfe9"
    assert dict(address) == state.address_parameters()


def test_a_texts_own_recipe_needs_no_word_in_the_link() -> None:
    state.change(ALEXNET)
    assert list(state.address_parameters()) == [DESIGN]


def test_back_to_another_network_brings_the_recipe_that_it_had(address: Bar) -> None:
    state.enter("train")
    state.session().recipe = EPOCHS
    before = state.address_parameters()
    state.change(ALEXNET)
    address.go_back(before)
    assert (state.session().design, state.session().recipe) == (LENET, EPOCHS)


def test_back_to_the_same_network_keeps_the_recipe_that_was_chosen_since(address: Bar) -> None:
    state.enter("train")
    state.session().recipe = replace(EPOCHS, epochs=4)
    before = state.address_parameters()
    state.session().recipe = EPOCHS
    address.go_back(before)
    assert state.session().recipe == EPOCHS


HOSTILE = {
    "text that is no recipe": "%%%",
    "at most 4,096": "a" * 5_000,
    "more than 16,384 bytes": pack(" " * 17_000),
    "only the fields": pack('{"epochs": 3, "command": "rm"}'),
    "a whole number at least 1, at most 1,000": pack('{"epochs": 1001}'),
    "momentum": pack('{"optimizer": "Adam", "momentum": 0.9}'),
    "a JSON object of its fields": pack("[" * 16_000),
    "one of": pack('{"optimizer": "__import__"}'),
}


@pytest.mark.parametrize("words", HOSTILE)
def test_a_recipe_in_a_link_that_cannot_be_is_refused_in_words(address: Bar, words: str) -> None:
    address.from_dict({DESIGN: to_link(ALEXNET), RECIPE: HOSTILE[words]})
    state.enter("train")
    assert words in state.session().refusal
    assert (state.session().design, state.session().recipe) == (ALEXNET, default_recipe("alexnet-28"))


def test_a_setup_is_taken_once_from_a_link_and_else_stays_what_was_chosen(address: Bar) -> None:
    taken: list[str] = []
    linked = LinkedSetup(say=lambda: "told", take=taken.append)
    address.from_dict({DESIGN: to_link(LENET), SETUP: "mine"})
    state.enter("race", linked)
    address.go_back({DESIGN: to_link(LENET), SETUP: "older"}, linked)
    assert taken == ["mine"]
    state.enter("race", linked)
    assert state.address_parameters()[SETUP] == "told"


def test_steps_that_a_tab_kept_lead_on_and_other_things_are_no_steps() -> None:
    state.restore_steps({"past": [to_link(ALEXNET)], "now": to_link(LENET), "future": []})
    state.undo()
    assert state.session().design == ALEXNET
    sent: object
    for sent in (None, [], {"past": 1}, {"past": ["x"], "now": to_link(LENET), "future": []}):
        state.restore_steps(sent)
    assert state.session().design == ALEXNET


def test_a_refusal_stays_while_the_address_stays(address: Bar) -> None:
    address[DESIGN] = to_link(MINE)
    state.enter("explore")
    state.session().refusal = "The file holds no design."
    state.enter("explore")
    assert state.session().refusal == "The file holds no design."


@dataclass
class Opened:
    """A slice as a feature has it."""

    view: str = ""


def test_a_feature_finds_its_slice_again() -> None:
    state.session().slice_of(Opened).view = "Cost"
    assert state.session().slice_of(Opened).view == "Cost"


def test_one_module_knows_streamlits_session_state(root: Path) -> None:
    """The elements apart, which read what their own JavaScript sends and know nothing of this program's session."""
    sources = [root / "app.py", *(root / "pages").glob("*.py"), *(root / "explorer").rglob("*.py")]
    ours = [source for source in sources if "components" not in source.parts]
    assert [source.name for source in ours if "st.session_state" in source.read_text(encoding="utf-8")] == ["state.py"]
