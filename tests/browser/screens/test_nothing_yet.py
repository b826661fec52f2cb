"""What each page shows in Chromium where there is nothing: nothing tried yet, and a network that cannot be trained."""

import re

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from explorer.architecture.presets import PRESETS
from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import expect_no_sideways_scroll

LENET = PRESETS["lenet-d2l"].architecture
EMPTY = replace(LENET, layers=())
TOO_SMALL = replace(LENET, input_shape=(1, 9, 9))


@pytest.fixture(scope="module")
def fresh(serve_file: Serve) -> str:
    """A server on which nothing was tried."""
    return serve_file(ROOT / "app.py")


@pytest.mark.parametrize(
    ("path", "words", "ready"),
    [
        ("train", "Press Train: loss and accuracy draw here.", "Train"),
        ("race", "Press Race: the contenders' curves draw here, one over the other.", "Race"),
        ("sweep", "Press Start sweep: a table fills here, one row a cell", "Start sweep"),
        ("runs", "Nothing was tried yet. Each run, race and sweep stays here", "Train a network"),
        ("inside", "No run here has kept its weights yet.", "To Train"),
        ("mistakes", "No run here has answers to its test pictures yet.", "To Train"),
    ],
)
def test_a_page_says_what_will_stand_there_and_how_to_get_it(
    fresh: str, open_page: OpenPage, path: str, words: str, ready: str
) -> None:
    page = open_page(f"{fresh}/{path}")
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(f"^{ready}( |$)"))).to_be_enabled()
    expect(page.get_by_role("grid").or_(page.get_by_role("treegrid"))).to_have_count(0)
    expect_no_sideways_scroll(page)
