"""The race in Chromium: one click on Explore, two curves in one chart, Stop, and the same for a classmate."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import curve, epochs_shown, lines, wait_for_more_points, zoom
from tests.runs.scene import wait_until

# Sigmoid and ReLU, each with a line of loss and a line of accuracy; and with their bands, where seeds train at once.
GROWN = """() => {
    const drawn = document.querySelector('.js-plotly-plot')?.data ?? [];
    return drawn.length >= 4 && drawn.every(({ x }) => x.length > 1);
}"""


SECONDS = "() => document.querySelector('.js-plotly-plot').layout.xaxis.title.text.includes('seconds')"


def stop_race(page: Page) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("Stopped. What was measured is kept.").wait_for()


def test_one_click_races_sigmoid_against_relu_until_it_is_stopped(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    page.get_by_role("button", name="Sigmoid or ReLU?").click()
    page.wait_for_url(re.compile(r"/race\?.*race=\w+"))
    page.wait_for_function(GROWN, timeout=120_000)  # two epochs of both, however busy the machine
    curve(page).evaluate("(frame) => { frame.mark = 'the first' }")
    limits = zoom(page)
    many = wait_for_more_points(page, 30)

    classmate = open_page(page.url)
    wait_for_more_points(classmate, many)
    stop_race(classmate)
    for each in (page, classmate):  # each hears of the end by itself
        each.get_by_text("Stopped. What was measured is kept.").wait_for()

    expect(page.locator(".st-key-verdict")).to_contain_text(re.compile(r"at \d+\.\d % "))
    expect(page.get_by_role("grid", name="Contenders").get_by_role("row")).to_have_count(3)
    assert curve(page).evaluate("(frame) => frame.mark") == "the first"
    assert epochs_shown(page) == limits
    wait_until(lambda: all(lines(page)) and lines(page) == lines(classmate))  # a chart that lacks points asks for them

    page.get_by_text("By time").click()
    page.wait_for_function(SECONDS)
    assert epochs_shown(page) != limits, "a zoom into steps was kept for seconds"

    page.get_by_role("button", name="Open ReLU in Explore").click()
    expect(page.get_by_role("grid", name="Layers")).to_contain_text("relu4")
