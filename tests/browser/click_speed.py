"""How long a click on a field takes until the page shows what it changed, beside two of the smallest Streamlit pages.

`python -m pytest tests/browser/click_speed.py -s` prints it. All pages are clicked in turn, for absolute times mean
little on a shared machine: read the ratios.
"""

import shutil
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from socket import socket

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import choose_layer, choose_network, layer, step_button
from tests.runs.scene import wait_until

FLOOR = Path(__file__).with_name("floor")
CLICKS = 20
CHANNELS = 96  # of AlexNet's first layer, and the floor pages' first number
UNTIL_TEXT = """([button, place, text]) => new Promise((resolve) => {
    const watch = new MutationObserver(() => {
        if (!place.textContent.includes(text)) return;
        watch.disconnect();
        resolve(performance.now() - start);
    });
    watch.observe(place.getRootNode(), { subtree: true, childList: true, characterData: true });
    const start = performance.now();
    button.click();
})"""
UNTIL_CHART = """(button) => new Promise((resolve) => {
    new PerformanceObserver((_, watch) => {
        watch.disconnect();
        resolve(performance.now() - start);
    }).observe({ type: "measure" });
    const start = performance.now();
    button.click();
})"""
UNTIL_IDLE = "() => new Promise((resolve) => requestIdleCallback(() => resolve()))"

Click = Callable[[int], float]  # makes the number this large; gives milliseconds


def until_text(page: Page, button: Locator, place: Locator, words: str, number: int) -> float:
    """Click, and time it until a place says the number after some words."""
    settle(page)
    elapsed: float = page.evaluate(UNTIL_TEXT, [button.element_handle(), place.element_handle(), f"{words}{number}"])
    return elapsed


def until_chart(page: Page, button: Locator, _: int) -> float:
    """Click, and time it until the first chart below the card has been drawn anew."""
    settle(page)
    elapsed: float = button.evaluate(UNTIL_CHART)
    return elapsed


def settle(page: Page) -> None:
    """Wait until the script before has ended and the browser has nothing to do."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.evaluate(UNTIL_IDLE)


def alexnet(app: str, open_page: OpenPage) -> Page:
    """Open AlexNet as a visitor finds it, with its picture beside the table."""
    page = open_page(app)
    choose_network(page, "AlexNet (the book)")
    choose_layer(page, "conv1")
    expect(picture(page)).to_contain_text(f"conv1{CHANNELS}@54×54")
    return page


def with_charts(page: Page) -> Page:
    page.get_by_role("radio", name="Cost").click()
    expect(page.locator(".js-plotly-plot .plot-container")).to_have_count(2)
    return page


def picture(page: Page) -> Locator:
    return page.locator(".st-key-picture .frame")  # the drawing in it is a new one after each click


@contextmanager
def default_server(script: Path) -> Iterator[str]:
    """Serve a script with Streamlit's own settings: no configuration lies beside it or in its current directory."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--browser.gatherUsageStats=false"]
    with subprocess.Popen(command, cwd=script.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(partial(answers, f"http://127.0.0.1:{port}/_stcore/health"))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def free_port() -> int:
    with closing(socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


@pytest.fixture
def floor(tmp_path: Path, open_page: OpenPage) -> Iterator[Callable[[str], Click]]:
    """Open one of the smallest pages; gives the way to click it."""
    with ExitStack() as servers:

        def opened(name: str) -> Click:
            script = Path(shutil.copy(FLOOR / name, tmp_path / name))
            page = open_page(servers.enter_context(default_server(script)))
            expect(page.get_by_text(f"now {CHANNELS}")).to_be_visible()
            return partial(
                until_text, page, page.get_by_test_id("stNumberInputStepUp"), page.get_by_test_id("stMain"), "now "
            )

        yield opened


def test_an_edit_of_alexnet_stands_on_the_page_soon(
    app: str, open_page: OpenPage, floor: Callable[[str], Click]
) -> None:
    page, other = alexnet(app, open_page), alexnet(app, open_page)
    third = with_charts(alexnet(app, open_page))
    clicks: dict[str, Click] = {
        "one widget": floor("one_widget.py"),
        "a table and a chart": floor("table_and_chart.py"),
        "AlexNet, its row": partial(
            until_text, page, step_button(page, "out_channels"), layer(page, "conv1"), "Conv2d "
        ),
        "AlexNet, its picture": partial(until_text, other, step_button(other, "out_channels"), picture(other), "conv1"),
        "AlexNet, its chart": partial(until_chart, third, step_button(third, "out_channels")),
    }
    times: dict[str, list[float]] = {name: [] for name in clicks}
    for number in range(CHANNELS + 1, CHANNELS + CLICKS + 1):
        for name, click in clicks.items():
            times[name].append(click(number))
    report({name: statistics.median(each) for name, each in times.items()})


def report(medians: dict[str, float]) -> None:
    """Print figures to read; no bound that a busy machine breaks."""
    one, both = medians["one widget"], medians["a table and a chart"]
    for name, median in medians.items():
        ratios = f"{median / one:.2f} × one widget, {median / both:.2f} × a table and a chart"
        print(f"click → {name}: median {median:.1f} ms, {ratios}")  # noqa: T201
