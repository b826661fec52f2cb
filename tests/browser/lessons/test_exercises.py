"""Each exercise that a class is given is fewer than five clicks away from the first screen."""

import re
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

MOST = 4  # clicks


class Exercise(NamedTuple):
    """The clicks from the first screen on, as roles and names, the last of which may start a training."""

    clicks: tuple[tuple[str, str], ...]
    words: str  # that stand on the page before something is started, or at the end
    starts: str = ""  # the button that is pressed last, and here only ready to be pressed


def race(question: str, words: str) -> Exercise:
    clicks = (("link", "Race"), ("combobox", "What differs"), ("option", question))
    return Exercise(clicks, words, starts="Race")


RACES = (
    race("Maximum or average pooling?", "Average pooling against Max pooling"),
    race("Which first kernel?", "5×5 kernel against 3×3 kernel"),
    race("How many channels?", "Twice the channels against Half the channels"),
    race("How many layers?", "One dense layer more against As it is"),
    race("Which learning rate?", "learning rate 0.9"),
    race("Which first weights?", "Init zeros against Init xavier: init zeros"),
    race("How many epochs?", "20 epochs against 5 epochs: epochs 20"),
    race("Which network?", "AlexNet for 28×28 pictures against This network"),
    race("Which batch size?", "Batch 1,024 against Batch 64: batch size 1,024"),
    race("ReLU, dropout, or both?", "ReLU and dropout against Sigmoid"),
    race("Does AlexNet overfit 500 pictures?", "Dropout against Nothing against it"),
)
EXERCISES = {
    "sigmoid or ReLU": Exercise((), "All activations", starts="Sigmoid or ReLU?"),
    "digits": Exercise(  # once the digits are there, Train is the fourth click
        (("link", "Train"), ("combobox", "dataset"), ("option", "MNIST")), "MNIST is not on", starts="Download 12 MB"
    ),
    "a network for 28×28": Exercise(
        (("combobox", "Network"), ("option", "AlexNet for 28×28"), ("button", "Train this network")),
        "multiply-adds",
        starts="Train",
    ),
    "memory and compute of the parts": Exercise((("radio", "Cost"),), "of the multiply-adds"),
}


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_an_exercise_is_fewer_than_five_clicks_away(app: str, open_page: OpenPage, exercise: Exercise) -> None:
    expect_few_clicks(open_page(app), exercise)


def test_the_exercises_that_are_races_are_too(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    for exercise in RACES:
        click(page, "link", "Explore")
        expect(page.get_by_role("grid", name="Layers")).to_be_visible()
        expect_few_clicks(page, exercise)


def expect_few_clicks(page: Page, exercise: Exercise) -> None:
    """Expect what an exercise asks for after few clicks from the first screen on."""
    assert len(exercise.clicks) + bool(exercise.starts) <= MOST
    for role, name in exercise.clicks:
        click(page, role, name)
    expect(page.get_by_test_id("stMain")).to_contain_text(exercise.words)
    if exercise.starts:
        start = page.get_by_role("button", name=re.compile(f"^{re.escape(exercise.starts)}"))
        expect(start).to_be_enabled()


def click(page: Page, role: str, name: str) -> None:
    """Click what has a role and a name, or a name that begins so, as the menus' longer words do."""
    page.locator(f"role={role}[name=/^{re.escape(name)}/]").first.click()
