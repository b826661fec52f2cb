"""The figure in Chromium: changed in place, clicked, themed, its library kept (below a path: `test_watching.py`)."""

import statistics

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, Serve

DEMO = "figure_demo.py"
LIBRARY = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('plotly.min.js'))"


@pytest.fixture(scope="module")
def demo(share_demo: Serve) -> str:
    return share_demo(DEMO)


def figure_of(page: Page, *, params: int = 156) -> Locator:
    return page.get_by_role("figure", name=f"Parameters of each layer: conv1 has {params}", exact=True)


def click_bar(page: Page, layer: int) -> None:
    bar = page.locator(".js-plotly-plot .bars .point path").nth(layer).bounding_box()
    assert bar is not None
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + 8)


def test_it_changes_in_place(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)
    frame = page.locator(".js-plotly-plot")
    frame.evaluate("(frame) => { frame.mark = 'the first' }")

    for clicks in range(1, 21):
        page.get_by_test_id("stNumberInputStepUp").click()
        expect(figure_of(page, params=156 + 26 * clicks)).to_be_visible()

    page.wait_for_function(f"() => document.querySelector('.js-plotly-plot').data[0].y[0] === {156 + 26 * 20}")
    assert frame.evaluate("(frame) => frame.mark") == "the first"
    times = page.evaluate("performance.getEntriesByName('figure').map(({ duration }) => duration)")
    said = f"figure: first {times[0]:.0f} ms, then median {statistics.median(times[1:]):.0f} ms a change"
    print(said)  # noqa: T201  # a figure to read, not a bound that a busy machine breaks


def test_a_click_on_a_bar_gives_its_customdata(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)

    for layer in (4, 0, 6):
        click_bar(page, layer)
        page.get_by_text(f"chosen: {layer},").wait_for()


def test_it_follows_the_theme_and_its_text_is_large_enough(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)
    tick = page.locator(".js-plotly-plot .xtick text").first
    light = tick.evaluate("(text) => getComputedStyle(text).fill")

    page.emulate_media(color_scheme="dark")

    expect(tick).not_to_have_css("fill", light)
    sizes = page.locator(".js-plotly-plot text").evaluate_all(
        "(texts) => texts.filter((text) => text.textContent).map((text) => parseFloat(getComputedStyle(text).fontSize))"
    )
    assert min(sizes) >= 14


def test_its_buttons_keep_the_chart_on_this_machine(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)
    buttons = page.locator(".js-plotly-plot .modebar-btn")
    buttons.first.wait_for(state="attached")

    titles = buttons.evaluate_all("(buttons) => buttons.map((button) => button.dataset.title)")
    assert titles == ["Download plot as a PNG", "Zoom", "Pan", "Reset axes"]


def test_the_library_is_kept_by_the_browser(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/train")
    page.wait_for_function(f"() => window.Plotly && {LIBRARY}.length === 1")
    page.reload()
    page.wait_for_function(f"() => window.Plotly && {LIBRARY}.length === 1")

    assert page.evaluate(f"{LIBRARY}.map(({{ transferSize }}) => transferSize)") == [0]


def test_it_draws_in_a_script_that_the_app_does_not_serve(demo: str, open_page: OpenPage) -> None:
    expect(figure_of(open_page(demo)).locator(".plot-container")).to_be_visible()
