"""A lesson given to a class in Chromium: a teacher with desk and projector, two students, and a wrong answer mended."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import TEACHER_CODE, Join
from tests.browser.steps import expect_no_sideways_scroll

BAR = ".st-key-lesson_bar"


def answer(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your answer").fill(text)
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(BAR).get_by_text(f"Kept: {text}")).to_be_visible()


def test_a_class_answers_talks_answers_again_and_goes_on(join: Join, address: str) -> None:
    teacher = join("Ms T", TEACHER_CODE, "/lessons")
    teacher.locator(".st-key-lesson_convolution-cost").get_by_role("button", name="Open a room").click()
    teacher.wait_for_url(re.compile(r"[?&]desk=\w{6}"))
    code = re.search(r"desk=(\w{6})", teacher.url)[1]  # type: ignore[index]
    projector = teacher.context.new_page()
    projector.goto(f"{address}/lessons?projector={code}")
    expect(projector.get_by_text("0 of 0 answered")).to_be_visible()

    ann, bob = join("Ann", code), join("Bob", code, "/explore")  # the one code that is on the wall
    for student in (ann, bob):
        expect(student.locator(BAR).get_by_text("answers are open")).to_be_visible()
    answer(ann, "156")
    answer(bob, "456")
    bob.get_by_role("button", name="I need help").click()
    cells = teacher.get_by_role("row", name=re.compile("^Ann")).get_by_role("cell")
    expect(cells.nth(1)).to_have_text("✗ 156")
    expect(teacher.get_by_text("1 × Channels forgotten")).to_be_visible()
    expect(teacher.get_by_text("Wants help: 1")).to_be_visible()
    expect(projector.get_by_text("2 of 2 answered")).to_be_visible()
    expect(projector.get_by_role("listitem")).to_have_count(0)

    teacher.get_by_role("button", name="Pause all").click()
    for student in (ann, bob):
        expect(student.get_by_role("dialog", name="Look up")).to_be_visible()
        student.keyboard.press("Escape")
        student.keyboard.press("Escape")
        expect(student.get_by_role("dialog", name="Look up")).to_be_visible()
    bob.reload()
    expect(bob.get_by_role("dialog", name="Look up")).to_be_visible()
    teacher.get_by_role("button", name="Go on", exact=True).click()
    answer(bob, "456")
    expect(ann.get_by_role("dialog", name="Look up")).to_have_count(0)

    teacher.get_by_role("button", name="Show the tally").click()
    expect(projector.get_by_role("listitem")).to_have_count(2)
    teacher.get_by_role("button", name="Answer again").click()
    expect(projector.get_by_role("heading", name="Round 1: 2 answered")).to_be_visible()
    expect(ann.locator(BAR).get_by_text("answer again: round 2")).to_be_visible()
    expect(ann.locator(BAR).get_by_text("Kept:")).to_be_hidden()
    answer(ann, "456")
    teacher.get_by_role("button", name="Reveal").click()
    expect(ann.get_by_text("456 is right.")).to_be_visible()
    expect(projector.get_by_role("heading", name="Round 1: 2 answered, 1 right")).to_be_visible()
    expect(projector.get_by_role("heading", name="Round 2: 1 answered, 1 right")).to_be_visible()
    expect(projector.get_by_text(re.compile(r"\bAnn\b"))).to_have_count(0)

    teacher.get_by_role("button", name="Next step").click()
    ann.set_viewport_size({"width": 390, "height": 844})
    for student in (ann, bob):
        expect(student.locator(BAR).get_by_text("step 2 of 7")).to_be_visible()
    ann.reload()
    expect(ann.locator(BAR).get_by_text("step 2 of 7")).to_be_visible()
    expect_no_sideways_scroll(ann)

    teacher.get_by_role("button", name="Bob").first.press("Enter")
    teacher.get_by_role("dialog").get_by_role("button", name="Take the name off").click()
    expect(bob.get_by_text("your name was taken off its list")).to_be_visible()
    expect(teacher.get_by_role("row", name=re.compile("^Bob"))).to_have_count(0)
