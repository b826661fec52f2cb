"""Claims in words: what came of the guesses, and what decides a claim."""

import re

import pytest

from explorer.lessons.claim import Verdict
from explorer.lessons.claims import CLAIMS, decision
from explorer.views.lessons.claims import NAMES, claims_table, decided_by, score, sums, verdict_words

GUESSES = {"filter-parameters": Verdict.FALSE, "parameters": Verdict.FALSE, "fewer-but-dearer": Verdict.TRUE}


def test_the_list_says_what_came_of_each_guess_and_nothing_of_the_others() -> None:
    said = {NAMES[row.index]: row.cells[0].text for row in claims_table(GUESSES).rows}
    assert {name: text for name, text in said.items() if text} == {
        "filter-parameters": "right",
        "parameters": "wrong",
        "fewer-but-dearer": "right",
    }
    assert (score({}), score(GUESSES)) == ("No guess yet", "2 of 3 right")


def test_a_sum_stands_beside_what_the_claim_says() -> None:
    said = sums(decision("filter-parameters"))
    assert (
        r"Parameters of conv1: $(5 \cdot 5 \cdot 3 + 1) \cdot 6 = \mathbf{456}$ · claimed 156: :red[**differs**]"
        in said
    )


def test_each_reading_says_whether_the_claim_holds_there() -> None:
    said = sums(decision("parameters"))
    holds, not_holds = "**With two towers, as published: holds**", "**With one tower: does not hold**"
    assert said.index(holds) < said.index(r"\mathbf{60{,}965{,}224}") < said.index(not_holds)
    assert said.index(not_holds) < said.index(r"\mathbf{62{,}378{,}344}")


@pytest.mark.parametrize("name", CLAIMS)
def test_every_decided_claim_shows_a_number_and_says_what_decides_it(name: str) -> None:
    shows_number = re.search(r"\\mathbf\{\d", sums(decision(name)))
    assert bool(shows_number) is bool(CLAIMS[name].readings)
    assert decided_by(name).endswith(".")
    assert "No trace can decide this" in decided_by(name) or CLAIMS[name].readings


@pytest.mark.parametrize("guess", Verdict)
def test_the_verdict_says_whether_the_guess_was_it(guess: Verdict) -> None:
    said = verdict_words(decision("parameters"), guess)
    assert said.startswith(":orange[**It is true only in one reading.**]")
    assert said.endswith("which is right." if guess is Verdict.ONLY_IF else "which it is not.")
