"""What every page begins with: nothing that makes each rerun slow, and the words when the runs cannot be used."""

import gc
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.base.menu import Page
from explorer.ui.base.server import downloads, onnx_files, runs
from explorer.web.base.once import forget_all
from tests.ui.widgets import said, session

PAGES = ("pages/explore.py", "pages/train.py")


def test_the_collector_skips_torch_after_each_rerun(root: Path) -> None:
    config = tomllib.loads((root / ".streamlit" / "config.toml").read_text())
    assert config["runner"]["postScriptGC"] is False
    AppTest.from_file(str(root / PAGES[0]), default_timeout=30).run()
    assert gc.get_freeze_count() > 100_000


def test_viewers_get_words_and_only_this_computer_gets_in(root: Path) -> None:
    config = tomllib.loads((root / ".streamlit" / "config.toml").read_text())
    assert config["client"]["showErrorDetails"] == "none"
    assert config["server"]["address"] == "127.0.0.1"


@pytest.fixture
def _home_that_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what the other tests opened and name a file as EXPLORER_HOME."""
    for opened in (runs(), downloads(), onnx_files()):
        opened.close()
    forget_all()
    home = tmp_path / "home"
    home.write_text("in the way")
    with monkeypatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(home))
        yield
        onnx_files().close()
    forget_all()


@pytest.mark.usefixtures("_home_that_is_a_file")
def test_a_folder_that_cannot_be_used_is_said_on_train_and_leaves_explore_alone(root: Path) -> None:
    explore, train = (AppTest.from_file(str(root / page), default_timeout=30).run() for page in PAGES)
    assert not explore.exception
    assert not explore.error
    assert not train.exception
    assert "EXPLORER_HOME" in said(train)


@pytest.mark.parametrize("page", Page)
def test_each_page_has_its_design_in_the_address_and_can_be_presented(root: Path, page: Page) -> None:
    opened = AppTest.from_file(str(root / page.path), default_timeout=30).run()
    (bar,) = (each.proto for each in opened.get("bidi_component") if each.proto.component_name == "address_bar")
    assert json.loads(bar.json)["query"] == f"m={session(opened).designs.steps.now}"
    assert opened.button(key="present_switch")  # beside it stand light and dark
