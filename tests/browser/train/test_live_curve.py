"""The live curve in Chromium: mounted once, grown by what is new, and mended where it missed something."""

import re
import statistics
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, Route, WebSocket, expect

from tests.browser.conftest import OpenPage, Serve

DEMO = "live_curve_demo.py"
RACE_DEMO = "race_curve_demo.py"
GROWTHS = 20  # clicks, each 10 points for each line that grows
EMPTY = "Press Train: the loss draws here."
FIRST_LINE = "(frame) => frame.data[0].x.map((epoch) => Math.round(epoch * 100))"  # the steps of its points

LONGEST_LIVE = """(points) => document.querySelector('.js-plotly-plot').data
    .some(({ line, x }) => line.width === 1.5 && x.length === points)"""


@pytest.fixture(scope="module")
def server(share_demo: Serve) -> str:
    return share_demo(DEMO)


@pytest.fixture
def demo(server: str, request: pytest.FixtureRequest) -> str:
    """The address of runs that no other test grows."""
    return f"{server}/?test={request.node.name}"


def chart_of(page: Page) -> Locator:
    return page.get_by_role("figure", name="Loss and accuracy")


def frame_of(page: Page) -> Locator:
    return chart_of(page).locator(".js-plotly-plot")


def wait_for_points(page: Page, points: int) -> None:
    expect(frame_of(page)).to_have_attribute("data-points", str(points))


def grow(page: Page, *, to: int) -> None:
    page.get_by_role("button", name="Grow by 50").click()
    wait_for_points(page, to)


def zoom(page: Page) -> list[float]:
    """Drag over the middle of the upper panel and give the x axis' new range."""
    panel = frame_of(page).locator(".nsewdrag").first.bounding_box()
    assert panel is not None
    middle = panel["y"] + panel["height"] / 2
    page.mouse.move(panel["x"] + panel["width"] * 0.25, middle)
    page.mouse.down()
    page.mouse.move(panel["x"] + panel["width"] * 0.75, middle, steps=5)
    page.mouse.up()
    return x_range(page)


def x_range(page: Page) -> list[float]:
    limits: list[float] = frame_of(page).evaluate("(frame) => frame.layout.xaxis.range.map(Number)")
    return limits


def hide_first_line(page: Page) -> None:
    frame_of(page).locator(".legendtoggle").first.click()
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data[0].visible === 'legendonly'")


def count_bytes(page: Page) -> list[int]:
    """Collect the size of each message that the server sends from the next load of the page on."""
    sizes: list[int] = []

    def watch(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: sizes.append(len(frame)))

    page.on("websocket", watch)
    return sizes


def test_it_grows_in_place_and_keeps_zoom_and_legend(demo: str, open_page: OpenPage) -> None:
    page = open_page(f"{demo}&runs=2")
    page.get_by_text(EMPTY).wait_for()
    grow(page, to=50)
    frame_of(page).evaluate("(frame) => { frame.mark = 'the first' }")
    limits = zoom(page)
    hide_first_line(page)

    for points in range(100, 1001, 50):
        grow(page, to=min(points, 500) + max(0, points - 500) // 2)

    assert frame_of(page).evaluate("(frame) => frame.mark") == "the first"
    assert x_range(page) == limits
    assert frame_of(page).evaluate("(frame) => frame.data[0].visible") == "legendonly"
    frame_of(page).dblclick(position={"x": 400, "y": 150})
    page.wait_for_function(
        "(limit) => document.querySelector('.js-plotly-plot').layout.xaxis.range[1] > limit", arg=limits[1]
    )
    report(page, "live curve, 2 runs to 750 points")


def report(page: Page, what: str) -> None:
    """Print how long an update took: figures to read, not a bound that a busy machine breaks."""
    times = page.evaluate("performance.getEntriesByName('live_curve').map(({ duration }) => duration)")
    print(f"{what}: an update took {statistics.median(times):.0f} ms, the median; {max(times):.0f} ms at most")  # noqa: T201


def test_a_race_of_six_over_three_seeds_grows_in_place_and_keeps_zoom_and_legend(
    serve_demo: Serve, open_page: OpenPage
) -> None:
    page = open_page(serve_demo(RACE_DEMO))
    expect(frame_of(page).locator(".legendtoggle")).to_have_count(6)
    frame_of(page).evaluate("(frame) => { frame.mark = 'the first' }")
    limits = zoom(page)
    hide_first_line(page)
    page.evaluate("performance.clearMeasures()")
    clock = browser_clock(page)
    seconds = [clock()]

    for clicks in range(1, GROWTHS + 1):
        page.get_by_role("button", name="Grow by 10").click()
        page.wait_for_function(LONGEST_LIVE, arg=10 * clicks)
        seconds.append(clock())

    assert frame_of(page).evaluate("(frame) => frame.mark") == "the first"
    assert x_range(page) == limits
    assert frame_of(page).evaluate("(frame) => frame.data[0].visible") == "legendonly"
    report(page, "live curve, 6 contenders, bands of 1,200 points and a third seed")
    spent = statistics.median(1_000 * (after - before) for before, after in pairwise(seconds))
    print(f"its page, all told: {spent:.0f} ms of the browser's main thread for an update")  # noqa: T201


def browser_clock(page: Page) -> Callable[[], float]:
    """Give a clock of the seconds that the page's main thread computes, however busy the machine is beside it."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds() -> float:
        found = session.send("Performance.getMetrics")["metrics"]
        return next(float(metric["value"]) for metric in found if metric["name"] == "TaskDuration")

    return seconds


def test_each_message_holds_only_the_new_points(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)
    sizes = count_bytes(page)
    page.reload()
    page.get_by_text(EMPTY).wait_for()

    received = []
    for points in range(50, 501, 50):
        before = sum(sizes)
        grow(page, to=points)
        received.append(sum(sizes) - before)

    assert received[-1] < received[0] + 500, received


def test_a_browser_that_comes_late_or_again_has_every_point_once(demo: str, open_page: OpenPage) -> None:
    first = open_page(demo)
    grow(first, to=50)
    late = open_page(demo)
    wait_for_points(late, 50)
    grow(late, to=100)
    grow(first, to=150)
    first.reload()
    wait_for_points(first, 150)
    grow(first, to=200)

    assert frame_of(first).evaluate(FIRST_LINE) == list(range(1, 201))
    assert frame_of(late).evaluate(FIRST_LINE) == list(range(1, 101))


def test_a_chart_that_is_mounted_again_asks_for_what_it_lacks(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)
    grow(page, to=50)
    show = page.get_by_text("Show", exact=True)
    show.click()
    expect(chart_of(page)).to_have_count(0)
    show.click()

    wait_for_points(page, 50)
    grow(page, to=100)
    assert frame_of(page).evaluate(FIRST_LINE) == list(range(1, 101))


def test_a_loss_that_is_no_number_is_a_gap_and_a_new_run_starts_empty(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)
    grow(page, to=50)
    page.get_by_role("button", name="Diverge").click()
    wait_for_points(page, 51)
    grow(page, to=101)
    assert frame_of(page).evaluate("(frame) => frame.data[0].y.map((y) => y === null).indexOf(true)") == 50

    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_text(EMPTY)).to_be_visible()
    grow(page, to=50)
    expect(page.get_by_text(EMPTY)).to_be_hidden()
    assert frame_of(page).evaluate(FIRST_LINE) == list(range(1, 51))


def test_a_loss_that_blew_up_is_written_in_powers_of_ten(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)
    grow(page, to=50)
    expect(frame_of(page).locator(".yaxislayer-above text").first).to_have_text("0")
    page.get_by_role("button", name="Blow up").click()
    wait_for_points(page, 51)
    expect(frame_of(page).locator(".yaxislayer-above text", has_text="8e+13")).to_be_visible()


def test_it_follows_the_theme_and_the_window(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)
    grow(page, to=50)
    frame_of(page).evaluate("(frame) => { frame.mark = 'the first' }")
    limits = zoom(page)
    tick = frame_of(page).locator(".ytick text").first
    light = tick.evaluate("(text) => getComputedStyle(text).fill")

    page.emulate_media(color_scheme="dark")
    expect(tick).not_to_have_css("fill", light)
    page.set_viewport_size({"width": 600, "height": 720})
    page.wait_for_function(
        "() => { const frame = document.querySelector('.js-plotly-plot');"
        " return frame.clientWidth < 600 && frame._fullLayout.width === frame.clientWidth }"
    )

    assert frame_of(page).evaluate("(frame) => frame.mark") == "the first"
    assert x_range(page) == limits
    wait_for_points(page, 50)


def test_while_what_draws_is_on_its_way_no_curve_is_called_missing(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)
    grow(page, to=50)
    held: list[Route] = []
    page.route(re.compile(r":\d+/media/"), lambda route: held.append(route))  # noqa: PLW0108  # Playwright looks into it
    page.reload()
    page.get_by_text("The curves are loading.").wait_for()
    expect(page.get_by_text(EMPTY)).to_be_hidden()
    for route in held:
        route.continue_()
    wait_for_points(page, 50)
    expect(page.get_by_text("The curves are loading.")).to_be_hidden()


def test_it_says_why_it_draws_nothing_and_draws_when_it_can(demo: str, open_page: OpenPage) -> None:
    page = open_page(demo)
    page.route(re.compile(r":\d+/media/"), lambda route: route.abort())
    page.reload()
    page.get_by_text("The browser did not get plotly.min.js").wait_for()

    page.unroute_all()
    grow(page, to=50)


def test_test_points_of_a_long_run_leave_the_train_line_in_sight(demo: str, open_page: OpenPage) -> None:
    page = open_page(f"{demo}&epoch=2")
    grow(page, to=50)  # 25 epochs
    rings = frame_of(page).locator(".cartesianlayer .xy .points path")
    expect(rings.first).to_be_visible()
    assert 8 <= rings.count() <= 13
