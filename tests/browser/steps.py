"""What a person does on the pages and sees there, in words that the browser tests share."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

# The browser's own measure of what jumped: the share of the screen that moved, times how far. Streamlit answers within
# half a second of a click, so what the browser excuses as asked for counts too.
WATCH = """() => {
    window.shifts = [];
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries())).observe({ type: "layout-shift" });
}"""
SHIFTED = """() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => {
    const shifts = window.shifts.splice(0);
    const where = (source) => source.node?.nodeName + " " + (source.node?.className ?? source.node?.textContent);
    resolve([shifts.reduce((sum, { value }) => sum + value, 0), shifts.flatMap(({ sources }) => sources.map(where))]);
})))"""
MOST = 0.02
# How far an element reaches out of the window, and how much it hides in itself: none soon, or where it stays so.
BEYOND_AND_HIDDEN = """async (element) => {
    const measure = () => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        const beyond = Math.max(-left, -top, right - innerWidth, bottom - innerHeight);
        const { scrollHeight, clientHeight, scrollWidth, clientWidth } = element;
        return [Math.round(beyond), Math.max(scrollHeight - clientHeight, scrollWidth - clientWidth)];
    };
    const end = Date.now() + 10_000;
    while (element.isConnected && Math.max(...measure()) > 0 && Date.now() < end) {
        await new Promise(requestAnimationFrame);
    }
    return [element.isConnected, ...measure()];
}"""
LONG = 1_000  # epochs: no computer ends such a run before a test has stopped it


def layer(page: Page, name: str) -> Locator:
    """Find a layer's row in the stack."""
    return page.get_by_role("grid", name="Layers").get_by_role("row", name=re.compile(rf"^{name} "))


def cells(page: Page, name: str) -> Locator:
    """Find the cells of a layer's row: name, settings, output, parameters, multiply-adds, receptive field."""
    return layer(page, name).get_by_role("gridcell")


def choose_layer(page: Page, name: str) -> None:
    layer(page, name).click()
    expect_chosen(page, name)


def expect_chosen(page: Page, name: str) -> None:
    """Expect a layer's row to be marked and the card to show that layer."""
    expect(layer(page, name)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".st-key-layer_card").get_by_text(name, exact=True)).to_be_visible()


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


def step_button(page: Page, name: str) -> Locator:
    """Find the button of a field that makes its number larger."""
    return page.get_by_role("button", name=f"Step {name} up", exact=True)


def set_field(page: Page, name: str, value: int) -> None:
    field(page, name).fill(str(value))
    field(page, name).press("Enter")


def choose_network(page: Page, title: str) -> None:
    page.get_by_role("combobox", name="Network").click()
    page.get_by_role("option", name=title, exact=True).click()
    expect(page.get_by_role("combobox", name="Network")).to_have_value(title)


def save_design(page: Page, button: str = "Save the design as JSON") -> FilePayload:
    """Save the design, or what else a button of the menu File saves, and give that file."""
    page.get_by_role("button", name="File").click()
    with page.expect_download() as saving:
        page.get_by_role("button", name=button).click()
    saved = saving.value
    return file(saved.suggested_filename, saved.path().read_bytes())


def file(name: str, text: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/json", "buffer": text}


def open_design(page: Page, design: FilePayload) -> None:
    page.get_by_role("button", name="Open code").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(files=[design])


def train_button(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Train "))  # its shortcut stands behind the word


def stop_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Stop", exact=True)


def open_train(page: Page) -> None:
    """Go to the Train page by its button on Explore, with a recipe that goes on until it is stopped."""
    page.get_by_role("button", name="Train this network").click()
    train_long(page)


def train_long(page: Page) -> None:
    """Ask for a run that goes on until it is stopped."""
    set_field(page, "epochs", LONG)
    expect(page.get_by_role("button", name="Back to the text's recipe")).to_be_enabled()


def launch(page: Page) -> None:
    """Press Train, and wait until the link names the run."""
    train_button(page).click()
    page.wait_for_url(re.compile(r"[?&]run=\w+"))


def stop(page: Page) -> None:
    """Press Stop, and wait until the page says that the run was stopped."""
    stop_button(page).click()
    page.locator(".st-key-status").get_by_text(re.compile("^Stopped")).wait_for()


def curve(page: Page) -> Locator:
    """Find the live curve; beside it stands a chart of what happens inside."""
    return page.locator(".st-key-curve .js-plotly-plot")


def points(page: Page) -> int:
    """Count the points of the longest line."""
    return int(curve(page).get_attribute("data-points") or 0)


def wait_for_more_points(page: Page, than: int) -> int:
    """Wait until the curve has more points than so many, and give how many."""
    page.wait_for_function(
        "(than) => Number(document.querySelector('.st-key-curve .js-plotly-plot')?.dataset.points ?? 0) > than",
        arg=than,
    )
    return points(page)


def zoom(page: Page) -> list[float]:
    """Drag over the middle of the loss and give the new range of its epochs."""
    panel = curve(page).locator(".nsewdrag").first.bounding_box()
    assert panel is not None
    middle = panel["y"] + panel["height"] / 2
    page.mouse.move(panel["x"] + panel["width"] * 0.25, middle)
    page.mouse.down()
    page.mouse.move(panel["x"] + panel["width"] * 0.75, middle, steps=5)
    page.mouse.up()
    return epochs_shown(page)


def epochs_shown(page: Page) -> list[float]:
    limits: list[float] = curve(page).evaluate("(frame) => frame.layout.xaxis.range.map(Number)")
    return limits


def lines(page: Page) -> list[list[float]]:
    """Give the loss and accuracy of each line that is drawn, once the chart has drawn them."""
    page.wait_for_function("() => document.querySelector('.st-key-curve .js-plotly-plot')?.data?.length > 0")
    drawn: list[list[float]] = curve(page).evaluate("(frame) => frame.data.map(({ x, y }) => [...x, ...y])")
    return drawn


def expect_no_sideways_scroll(page: Page) -> None:
    """Expect that neither the window nor the page in it is wider than what is seen."""
    beyond = page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)"
    )
    assert beyond == [0, 0], f"the page reaches {max(beyond)} px beyond the window"


def workers(home: Path) -> list[int]:
    """Find the processes that train for a folder, whoever started them."""
    return [process for process in _processes() if _trains_for(home, process)]


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _trains_for(home: Path, process: int) -> bool:
    folder = Path(f"/proc/{process}")
    try:
        command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
    except OSError:  # it has ended, or it is another user's
        return False
    return b"explorer.runs.worker.worker" in command and f"EXPLORER_HOME={home}".encode() in environment.split(b"\0")


def server_process(address: str) -> int:
    """Find the process that serves an address."""
    port = address.rpartition(":")[2]
    return next(process for process in _processes() if _serves(port, process))


def _serves(port: str, process: int) -> bool:
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"streamlit" in words and f"--server.port={port}".encode() in words


def watch_shifts(page: Page) -> None:
    """Count from now on what jumps, once the page stands."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.evaluate(WATCH)


def moves(page: Page, change: Callable[[], object]) -> None:
    """Make a change, and expect that nothing jumped."""
    page.evaluate(SHIFTED)
    change()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    moved, what = page.evaluate(SHIFTED)
    assert moved <= MOST, f"{moved:.3f} of the screen jumped: {what}"


def expect_whole(part: Locator) -> None:
    """Expect a part of the page to lie within the window, and to hide nothing in itself, once it is drawn."""
    expect(part).to_be_visible()
    is_there, beyond, hidden = part.evaluate(BEYOND_AND_HIDDEN)
    assert is_there, "it was drawn anew meanwhile"
    assert beyond <= 0, "a part of it lies outside the window"
    assert hidden <= 0, "a part of it is only seen by scrolling in it"
