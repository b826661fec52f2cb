"""A lesson of one's own made in Chromium, with no file written by hand, and taken as a student takes it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from explorer.lessons.course.lesson_file.reader import read_lesson
from tests.browser.conftest import OpenPage
from tests.browser.steps import choose_layer, expect_no_sideways_scroll, set_field


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def new_step(page: Page, title: str, words: str) -> None:
    """Make what the page shows a step, and say what stands there."""
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Make a lesson of this").click()
    page.get_by_role("textbox", name="Title of the step").fill(title)
    page.get_by_role("textbox", name="What stands there").fill(words)


def test_three_pages_become_a_lesson_that_is_saved_and_taken(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_layer(page, "conv1")
    set_field(page, "out_channels", 8)
    new_step(page, "Count", "How many parameters has conv1?")
    add = page.get_by_role("button", name="Add the step")
    choose(page, "What is asked", "How large is it?")
    choose(page, "Of", "conv1")
    page.get_by_role("radio", name="Nothing").click()
    add.click()
    expect(page.get_by_text("Count · Explore · How large is it")).to_be_visible()

    page.goto(f"{app}/race")  # by its address: the tab keeps what is being made
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_visible()
    new_step(page, "Race", "Who wins?")
    choose(page, "What is asked", "Choose one")
    answers = page.get_by_role("textbox", name="The answers, one a line")
    answers.fill("Sigmoid\nReLU")
    add.click()
    expect(page.get_by_text("0 of them marked")).to_be_visible()
    answers.fill("Sigmoid\n* ReLU")
    add.click()
    expect(page.get_by_text("Race · Race · Choose one")).to_be_visible()

    page.get_by_role("link", name="Explore", exact=True).click()
    new_step(page, "Why", "Say why.")
    choose(page, "What is asked", "In their own words")
    page.get_by_role("textbox", name="A good answer").fill("Its slope is one.")
    add.click()
    expect(page.get_by_text("Why · Explore · In their own words")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect_no_sideways_scroll(page)
    page.set_viewport_size({"width": 1280, "height": 720})
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the file").click()
    lesson = read_lesson(Path(saving.value.path()).read_bytes())
    assert lesson.names == ["count", "race", "why"]
    assert lesson.steps[0].lets == ()

    page.get_by_role("button", name="Try it as a student").click()
    expect(page.get_by_text("step 1 of 3")).to_be_visible()
    expect(page.get_by_role("textbox", name="out_channels")).to_be_disabled()
    page.get_by_role("textbox", name="Your answer").fill("208")
    page.keyboard.press("Enter")
    expect(page.get_by_text("208 is right.")).to_be_visible()
