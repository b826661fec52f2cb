"""The Claims page's logic: guessing, moving on, sharing, and opening the network."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lessons.claims import CLAIMS
from explorer.views.lessons.claims import NAMES
from tests.ui.conftest import ENTRANCE, ROOT
from tests.ui.widgets import session


def open_claims(root: Path, claim: str | None = None) -> AppTest:
    page = AppTest.from_file(str(root / ENTRANCE), default_timeout=30)
    page.switch_page(str(ROOT / "pages" / "claims.py"))
    if claim is not None:
        page.query_params["claim"] = claim
    return page.run()


def shown(page: AppTest) -> str:
    """Name the claim on the page."""
    (header,) = page.header
    return next(name for name, claim in CLAIMS.items() if claim.words in header.value)


def guess(page: AppTest, verdict: str) -> AppTest:
    return page.button(key=f"guess_{verdict}_{shown(page)}").click().run()


def texts(page: AppTest) -> str:
    return "\n".join(element.value for element in [*page.markdown, *page.caption])


def test_the_page_stands_alone_and_asks_before_it_tells(root: Path) -> None:
    page = AppTest.from_file(str(root / "pages/claims.py"), default_timeout=30).run()
    assert not page.exception
    assert shown(page) == NAMES[0]
    assert [button.label for button in page.button if str(button.key).startswith("guess_")] == [
        "True",
        "False",
        "Only if",
    ]
    assert "mathbf" not in texts(page)


@pytest.mark.parametrize(("verdict", "said"), [("FALSE", "which is right"), ("TRUE", "which it is not")])
def test_a_guess_brings_the_verdict_and_the_sum(root: Path, verdict: str, said: str) -> None:
    page = guess(open_claims(root), verdict)
    assert said in texts(page)
    assert r"\mathbf{456}" in texts(page)
    assert page.query_params["claim"] == NAMES[0]
    assert not [button for button in page.button if str(button.key).startswith("guess_")]


def test_one_walks_through_the_claims_and_the_score_counts(root: Path) -> None:
    page = guess(open_claims(root), "FALSE")
    page.button(key="Next").click().run()
    assert shown(page) == NAMES[1]
    guess(page, "TRUE")
    assert "**1 of 2 right**" in texts(page)
    page.button(key="Previous").click().run()
    assert shown(page) == NAMES[0]
    assert page.button(key="Previous").disabled
    page.button(key="forget").click().run()
    assert "**No guess yet**" in texts(page)


@pytest.mark.parametrize("name", ["sigmoids", "how-many-layers", "top-5-error", NAMES[-1]])
def test_a_claim_has_a_link_and_can_be_guessed(root: Path, name: str) -> None:
    page = open_claims(root, name)
    assert shown(page) == name
    guess(page, "TRUE")
    assert not page.exception
    assert CLAIMS[name].because in texts(page)


def test_a_link_to_no_claim_says_so_and_shows_one(root: Path) -> None:
    page = open_claims(root, "<b>nothing")
    assert "names no claim" in page.error[0].value
    assert shown(page) == NAMES[0]


def test_the_network_behind_a_claim_opens_in_explore(root: Path) -> None:
    page = guess(open_claims(root, "wide-pictures"), "TRUE")
    page.button(key="open").click().run()
    assert not page.exception
    assert session(page).design == CLAIMS["wide-pictures"].design
