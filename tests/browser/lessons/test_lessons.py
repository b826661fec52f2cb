"""Claims and Predict in Chromium: a class guesses by mouse or keyboard, a teacher shares a claim, a slip is named."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import cells, expect_no_sideways_scroll, layer

FIRST, SECOND = "On 32×32 colour pictures", "A dense layer in the first convolution"


def claim(page: Page) -> Locator:
    return page.get_by_role("heading")


def sum_of(page: Page, latex: str) -> Locator:
    return page.locator("annotation").get_by_text(latex)


def answer(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your answer")


def type_answer(page: Page, typed: str) -> None:
    """Type where the focus is, as a person who leaves the mouse alone."""
    page.keyboard.type(typed)
    page.keyboard.press("Enter")


def test_a_class_guesses_by_a_click_and_sees_the_sum_that_decides(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/claims")
    expect(claim(page)).to_contain_text(FIRST)
    expect(sum_of(page, r"\mathbf{456}")).to_have_count(0)
    page.get_by_role("button", name="False").click()
    expect(page.get_by_text("You said “False”, which is right.")).to_be_visible()
    expect(sum_of(page, r"(5 \cdot 5 \cdot 3 + 1) \cdot 6 = \mathbf{456}")).to_be_attached()
    expect(page.get_by_text("1 of 1 right")).to_be_visible()
    page.get_by_role("grid", name="Claims").get_by_role("row", name="4074 dense units").click()
    expect(claim(page)).to_contain_text(SECOND)


def test_a_class_guesses_by_keyboard_alone(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/claims")
    expect(claim(page)).to_contain_text(FIRST)
    expect(page.get_by_role("button", name="Only if")).to_be_visible()
    page.keyboard.press("o")
    expect(page.get_by_text("You said “Only if”, which it is not.")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(claim(page)).to_contain_text(SECOND)
    page.keyboard.press("f")
    expect(page.get_by_text("1 of 2 right")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(claim(page)).to_contain_text(FIRST)


def test_a_claims_link_shows_it_to_another_and_back_goes_to_the_one_before(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/claims?claim=filter-parameters")
    page.get_by_role("button", name="Next").click()
    expect(claim(page)).to_contain_text(SECOND)
    page.wait_for_url(re.compile(r"&claim=dense-instead$"))
    link = page.get_by_role("link", name="Link to this claim").get_attribute("href")
    for address in (page.url, f"{app}/claims{link}"):
        other = open_page(address)
        expect(claim(other)).to_contain_text(SECOND)
        expect(other.get_by_text("No guess yet")).to_be_visible()
    page.go_back()
    expect(claim(page)).to_contain_text(FIRST)


def test_the_longest_sums_stay_on_the_screen(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/claims?claim=neurons", width=1280, height=720)
    page.get_by_role("button", name="Only if").click()
    expect(sum_of(page, r"\mathbf{659{,}272}")).to_be_attached()
    expect_no_sideways_scroll(page)
    inside = page.locator(".st-key-decision").evaluate("(box) => box.scrollWidth <= box.clientWidth")
    assert inside, "a sum is wider than its frame"


def test_answers_are_typed_one_after_the_other_and_a_slip_is_named(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/predict")
    answer(page).click()
    type_answer(page, "6x28x28")
    expect(cells(page, "conv1")).to_have_text(["conv1", "Conv2d 6 @ 5×5, pad 2", "6 × 28 × 28", "?"])
    type_answer(page, "150")
    expect(page.get_by_text("Bias forgotten?")).to_be_visible()
    expect(sum_of(page, r"(5 \cdot 5 \cdot 1 + 1) \cdot 6 = \text{?}")).to_be_attached()
    type_answer(page, "one hundred")
    expect(page.get_by_text("“one hundred” is not a whole number.")).to_be_visible()
    type_answer(page, "156")
    expect(page.get_by_text("Right: conv1 has 156 parameters.")).to_be_visible()
    expect(layer(page, "pool1")).to_have_attribute("aria-selected", "true")
