"""A lesson taken alone in Chromium, from a file of one's own, by keyboard, with a reload in the middle."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import expect_no_sideways_scroll, expect_whole

LESSON = """minutes = 1
title = {en = "Three questions", zh = "三个问题"}
about = {en = "A short one.", zh = "一个短的。"}

[[steps]]
name = "count"
title = {en = "Count", zh = "数一数"}
text = {en = "How many parameters has conv1?", zh = "conv1 有多少个参数？"}
then = {en = "It has {params of conv1}.", zh = "有 {params of conv1} 个。"}
shows = {page = "predict", design = "lenet-ng"}
lets = []
task = {asks = "number", what = "params of conv1"}

[[steps]]
name = "save"
title = {en = "Save", zh = "省一省"}
text = {en = "At most 50,000 parameters, by conv1 alone.", zh = "只改 conv1，不超过 50,000。"}
shows = {page = "explore", design = "lenet-ng", layer = "conv1"}
lets = ["conv1.kernel_size"]
hides = ["file", "train"]
task = {asks = "explore", until = ["fits", "params <= 50_000"]}

[[steps]]
name = "end"
title = {en = "What came", zh = "结果"}
text = {en = "Your answer.", zh = "你的回答。"}
shows = {page = "explore"}
task = {asks = "reveal", of = ["count"]}
"""


def press(page: Page, name: str) -> None:
    """Press a button of the bar by its key alone."""
    button = page.locator(".st-key-lesson_bar").get_by_role("button", name=name, exact=True)
    button.focus()
    page.keyboard.press("Enter")


def test_a_lesson_of_ones_own_is_taken_by_keyboard_over_a_reload(app: str, open_page: OpenPage, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(LESSON, encoding="utf-8")
    page = open_page(f"{app}/lessons")
    page.locator("input[type=file]").set_input_files(file)
    begin = page.locator("[class*='st-key-lesson_own-']").get_by_role("button", name="Begin")
    begin.focus()
    page.keyboard.press("Enter")

    answer = page.get_by_role("textbox", name="Your answer")
    answer.focus()
    page.keyboard.type("156")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Channels forgotten?")).to_be_visible()
    answer.fill("456")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It has 456.")).to_be_visible()
    press(page, "Next")
    expect(page.get_by_text("step 2 of 3")).to_be_visible()

    expect(page.get_by_role("textbox", name="padding")).to_be_disabled()
    expect(page.get_by_role("button", name="Open code")).to_be_visible()
    for hidden in ("File", "Train this network"):
        expect(page.get_by_role("button", name=hidden)).to_have_count(0)
    kernel = page.get_by_role("textbox", name="kernel_size")
    kernel.fill("9")
    page.keyboard.press("Enter")
    expect(page.locator(".explorer-totals").get_by_text("45,734")).to_be_visible()
    for part in (page.locator(".st-key-stack .frame"), page.locator(".st-key-layer_card")):
        expect_whole(part)
    page.reload()
    expect(page.get_by_text("step 2 of 3")).to_be_visible()
    expect(page.locator(".explorer-totals").get_by_text("45,734")).to_be_visible()
    press(page, "Check")
    expect(page.get_by_text("now 45,734")).to_be_visible()
    press(page, "Next")
    expect(page.get_by_text("You said 456; it is 456.")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("step 2 of 3")).to_be_visible()
    expect(page.locator(".explorer-totals").get_by_text("45,734")).to_be_visible()
    expect(page.get_by_text("put back")).to_have_count(0)
    page.go_forward()
    expect(page.get_by_text("You said 456; it is 456.")).to_be_visible()
    press(page, "Fold")
    expect(page.get_by_text("You said 456")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    expect_no_sideways_scroll(page)
    press(page, "Leave")
    expect(page.locator(".st-key-lesson_bar")).to_have_count(0)


BELOW = "(page) => page.scrollHeight - page.clientHeight"  # px that a page is higher than its window


def test_a_step_on_explore_leaves_the_page_within_its_window(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    steps = {
        "sigmoid-stalls": "nothing",
        "lenet-to-alexnet": "look",
        "convolution-cost": "why",
        "your-own": "challenge",
    }
    for lesson, step in steps.items():
        page.goto(f"{app}/?lesson={lesson}&step={step}")
        expect(page.get_by_role("row", name=re.compile("^total"))).to_be_visible()
        expect(page.locator(".st-key-lesson_bar")).to_be_visible()
        assert page.locator(".stMain").evaluate(BELOW) <= 0


def test_a_curve_is_drawn_by_keys_and_by_pointer(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/?lesson=sigmoid-stalls&step=sketch")
    pad = page.get_by_role("slider", name="Your curve of the training loss")
    check = page.get_by_role("button", name="Check")
    expect(check).to_be_disabled()
    pad.focus()
    page.keyboard.press("ArrowUp")
    expect(pad).to_have_attribute("aria-valuetext", "loss 1.60, 0 % of the run")
    page.keyboard.press("End")
    for _ in range(2):
        page.keyboard.press("PageDown")
    expect(pad).to_have_attribute("aria-valuetext", "loss 0.60, 100 % of the run")
    check.click()
    expect(page.get_by_text("Kept: a loss from 1.600 to 0.600.")).to_be_visible()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 2 * box["width"], box["y"] + 2 * box["height"])
    page.mouse.up()
    expect(pad).to_have_attribute("aria-valuetext", "loss 0.00, 100 % of the run")
    check.click()
    expect(page.get_by_text("Kept: a loss from 1.600 to 0.000.")).to_be_visible()
    expect_whole(page.get_by_text("Kept: a loss from 1.600 to 0.000."))
    assert page.locator(".stMain").evaluate(BELOW) <= 0
