"""The button that starts training on Train, Race and Sweep: what stands in its way is said, and mended by one click."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from streamlit.testing.v1 import AppTest

from explorer.architecture.presets import PRESETS
from explorer.data.download import DownloadProgress
from explorer.exchange.link import to_link
from explorer.experiments.race.setup import RaceSetup
from explorer.runs.access.person import Person
from explorer.ui.base.server import downloads, runs
from explorer.ui.race.race_state import RaceState
from tests.ui.widgets import said, session

BUTTONS = (("train", "train"), ("race", "race"), ("sweep", "start_sweep"))  # of each page, by its key


@pytest.mark.parametrize(("page", "key"), BUTTONS)
def test_a_network_with_other_classes_says_so_and_is_mended_by_one_click(root: Path, page: str, key: str) -> None:
    shown = AppTest.from_file(str(root / f"pages/{page}.py"), default_timeout=60)
    shown.query_params["m"] = to_link(PRESETS["alexnet-227"].architecture)
    shown.run()
    assert shown.button(key=key).disabled
    (warning,) = shown.warning
    assert "1,000 numbers" in warning.value
    shown.button(key="mend_0").click().run()
    assert not shown.exception
    assert not shown.button(key=key).disabled
    assert "1,000 numbers" not in said(shown)


@pytest.mark.parametrize("page", [page for page, _ in BUTTONS])
def test_the_servers_trouble_is_told_as_it_is(root: Path, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(runs()), "trouble", "The folder `a_b_c` is **full**.")
    shown = AppTest.from_file(str(root / f"pages/{page}.py"), default_timeout=60).run()
    assert r"The folder \`a\_b\_c\` is \*\*full\*\*." in [warning.value for warning in shown.warning]


@pytest.mark.parametrize(("page", "key"), BUTTONS)
def test_a_network_that_does_not_fit_has_no_size_and_leads_to_where_it_is_changed(
    root: Path, page: str, key: str
) -> None:
    shown = AppTest.from_file(str(root / f"pages/{page}.py"), default_timeout=60)
    shown.query_params["m"] = to_link(replace(PRESETS["lenet-d2l"].architecture, input_shape=(1, 9, 9)))
    shown.run()
    assert shown.button(key=key).disabled
    assert "It stops at conv2, which does not fit: it has no size yet." in said(shown)
    assert " multiply-adds" not in said(shown)
    assert shown.button(key="open_refused").label == "Open it in Explore"


def test_words_that_send_to_explore_have_the_way_there_beside_them(root: Path) -> None:
    bare = PRESETS["lenet-pytorch"].architecture
    shown = AppTest.from_file(str(root / "pages/race.py"), default_timeout=60)
    shown.query_params["m"] = to_link(bare)
    shown.run()
    session(shown).slice_of(RaceState).setup = RaceSetup(question="activation")
    assert "on the Explore page" in said(shown.run())
    assert shown.button(key="open_refused").label == "Open it in Explore"


@pytest.mark.parametrize("page", ["explore", "train", "race", "sweep"])
def test_the_book_is_named_where_a_page_first_speaks_of_it(root: Path, page: str) -> None:
    shown = AppTest.from_file(str(root / f"pages/{page}.py"), default_timeout=60).run()
    assert "From Dive into Deep Learning (“the book”), chapter LeNet." in said(shown)


@pytest.mark.parametrize("teaches", [True, False])
def test_only_the_teacher_ends_a_download_for_which_a_class_waits(
    root: Path, monkeypatch: pytest.MonkeyPatch, teaches: bool
) -> None:
    going_on = DownloadProgress(file="a", done=1, total=2, state="downloading")
    monkeypatch.setattr(downloads(), "progress", lambda _name: going_on)
    monkeypatch.setattr("explorer.ui.common.start_button.is_available", lambda _name: False)
    monkeypatch.setattr("explorer.ui.base.server.who_asks", lambda *_: Person("a", is_teacher=teaches))
    shown = AppTest.from_file(str(root / "pages/train.py"), default_timeout=60).run()
    assert not shown.exception
    assert ("Cancel the download" in [button.label for button in shown.button]) == teaches
