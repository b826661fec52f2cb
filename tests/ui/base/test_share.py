"""The link that is shared: what it holds in words, its QR code, and where it leads."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.base import share
from explorer.ui.base.menu import Page
from tests.ui.widgets import HOSTILE, said


def test_a_pages_link_keeps_the_path_and_takes_the_parameters() -> None:
    link = share.page_link("http://class.example:8501/lab/race?old=1#x", {"m": "a-b", "race": "35b3"})
    assert link == "http://class.example:8501/lab/race?m=a-b&race=35b3"


def test_a_code_is_drawn_as_long_as_a_phone_can_read_it() -> None:
    link = "http://class.example/?m=" + "a" * share.MOST_LETTERS
    assert share.qr_code(link[: share.MOST_LETTERS]).startswith("data:image/svg+xml")
    assert share.qr_code(link[: share.MOST_LETTERS + 1]) == ""


@pytest.mark.parametrize("page", Page)
def test_each_page_says_what_its_link_holds(root: Path, page: Page) -> None:
    shown = AppTest.from_file(str(root / page.path), default_timeout=60)
    shown.session_state["share"] = True
    shown.query_params["claim"] = HOSTILE
    shown.run()
    assert not shown.exception
    (words,) = (line for line in said(shown).splitlines() if line.startswith("This link holds"))
    assert words.startswith("This link holds the network LeNet")
    assert HOSTILE not in words
