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
from explorer.experiments.text_recipes import default_recipe
from explorer.ui.base import state
from explorer.ui.base.links import DESIGN

LENET, ALEXNET = PRESETS["lenet-d2l"].architecture, PRESETS["alexnet-28"].architecture
MINE = replace(LENET, name="Mine")

Address = dict[str, str]


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> Address:
    """The parameters in the address bar of a new tab."""
    parameters: Address = {}
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "query_params", parameters)
    return parameters


def test_undo_and_redo_without_a_step_do_nothing(address: Address) -> None:
    state.undo()
    state.redo()
    designs = state.session().designs
    assert (designs.design, designs.past, designs.future, address) == (LENET, [], [], {})


def test_a_second_click_on_undo_that_comes_too_late_does_nothing(address: Address) -> None:
    state.change(MINE)
    state.undo()
    state.undo()
    assert state.session().design == read_link(address[DESIGN]) == LENET
    state.redo()
    assert state.session().design == read_link(address[DESIGN]) == MINE


def test_an_edit_that_changes_nothing_leaves_the_address_alone(address: Address) -> None:
    state.change(LENET)
    assert address == {}


def test_another_network_brings_its_texts_recipe_by_an_edit_a_link_and_undo(address: Address) -> None:
    state.follow_classes(follows=False)
    state.change(ALEXNET)
    assert (state.session().recipe, state.session().follows_classes) == (default_recipe("alexnet-28"), True)
    state.undo()
    assert state.session().recipe == default_recipe("lenet-d2l")
    address[DESIGN] = to_link(ALEXNET)
    state.enter("Explore")
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


def test_a_link_without_a_design_is_refused_until_one_with_a_design_comes(address: Address) -> None:
    address[DESIGN] = "nothing"
    state.enter("Explore")
    state.enter("Explore")
    assert state.session().refusal.startswith("This link holds no design that can be read:")
    address[DESIGN] = to_link(LENET)
    state.enter("Explore")
    assert (state.session().refusal, state.session().design) == ("", LENET)


def test_a_refusal_stays_while_the_address_stays(address: Address) -> None:
    address[DESIGN] = to_link(MINE)
    state.enter("Explore")
    state.session().refusal = "The file holds no design."
    state.enter("Explore")
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
