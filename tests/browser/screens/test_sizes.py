"""What fits on a projector's screen and on a phone: what is asked for comes first, and no table or label is cut."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from tests.browser.conftest import OpenPage
from tests.browser.screens.history import LENET, History
from tests.browser.steps import expect_no_sideways_scroll

ALEXNET = to_link(PRESETS["alexnet-d2l"].architecture)
START = re.compile("^(Train|Race|Start sweep) ")
OVERPRINTED = """(key) => {
  const notes = [...document.querySelectorAll(`.st-key-${key} :is(.annotation-text, .legendtext, .ytick, .y2tick)`)];
  const boxes = notes.map((note) => [note.textContent, note.getBoundingClientRect()]);
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const over = ([one, a], i) => boxes.slice(i + 1).filter(([, b]) => meet(a, b)).map(([two]) => `${one} ${two}`);
  return boxes.flatMap(over);
}"""

GREW = """(small) => [".main-svg", ".xtitle"].every((part, place) =>
  document.querySelector(`.st-key-curve ${part}`).getBoundingClientRect().height > 1.25 * small[place])"""

GROUND = "(it) => getComputedStyle(it).backgroundColor"
HIGHER = """(usual) => [...document.querySelectorAll(".st-key-presented .st-key-curve .nsewdrag")]
  .some((panel) => panel.getBoundingClientRect().height >= usual)"""


def frame(page: Page, title: str) -> Locator:
    """Find what a table scrolls in."""
    table = page.get_by_role("grid", name=title).or_(page.get_by_role("treegrid", name=title))
    return page.locator(".frame").filter(has=table)


def beyond(found: Locator) -> tuple[int, int]:
    """Tell how far an element can be scrolled to the right and down."""
    across, down = found.evaluate("(it) => [it.scrollWidth - it.clientWidth, it.scrollHeight - it.clientHeight]")
    return across, down


def overprinted(page: Page, chart: str) -> list[str]:
    """Tell which words of a chart stand over each other, once it is drawn."""
    page.locator(f".st-key-{chart} .legendtext").first.wait_for()
    met: list[str] = page.evaluate(OVERPRINTED, chart)
    return met


def high(found: Locator) -> float:
    box = found.bounding_box()
    assert box is not None
    return box["height"]


def top(found: Locator) -> float:
    box = found.bounding_box()
    assert box is not None
    return box["y"]


NAME_STAYS = """async (table, column) => {
  const stays = () => {
    table.scrollTo({ left: 9999, behavior: "instant" });
    const name = table.querySelector(`tbody tr:first-child > :nth-child(${column})`);
    const away = name ? name.getBoundingClientRect().x - table.getBoundingClientRect().x : -1;
    return table.scrollLeft > 0 && 0 <= away && away <= 1;
  };
  const end = Date.now() + 30000;
  while (!stays() && Date.now() < end) await new Promise(requestAnimationFrame);
  return stays();
}"""


def name_stays(found: Locator, column: int = 1) -> bool:
    """Scroll a table to its right end, once it is laid out, and tell whether the names of its rows stay in sight."""
    stays: bool = found.evaluate(NAME_STAYS, column)
    return stays


@pytest.mark.parametrize("kind", ["run", "race", "sweep"])
def test_on_a_phone_what_a_link_shows_stands_above_the_form_for_the_next(
    found_server: str, history: History, open_page: OpenPage, kind: str
) -> None:
    shown = {"run": history.runs[0], "race": history.race, "sweep": history.sweep}[kind]
    page = open_page(f"{found_server}/{'train' if kind == 'run' else kind}?{kind}={shown}", width=390, height=844)
    new, start = page.get_by_role("button", name=f"New {kind}"), page.get_by_role("button", name=START)
    expect(new).to_be_visible(timeout=120_000)
    expect(start).to_be_visible()
    assert top(new) < 400
    assert top(start) > top(new)
    assert top(page.get_by_role("button", name="Share")) == top(page.get_by_role("button", name="Present"))
    expect_no_sideways_scroll(page)
    for said in page.locator(".st-key-status, .st-key-verdict").all():
        assert said.evaluate("(it) => it.scrollHeight - it.clientHeight") <= 0, "words reach beyond their box"
    if kind == "sweep":
        assert name_stays(frame(page, "Cells"))
    assert overprinted(page, "parallel" if kind == "sweep" else "curve") == []
    new.click()
    expect(new).to_have_count(0)
    assert top(start) < 500


def test_on_a_phone_tables_scroll_within_themselves_with_their_first_column_fixed(
    found_server: str, history: History, open_page: OpenPage
) -> None:
    page = open_page(f"{found_server}/mistakes?run={history.runs[0]}", width=390, height=844)
    matrix = page.get_by_role("grid", name=re.compile("^Confusion matrix"))
    expect(matrix).to_be_visible(timeout=120_000)
    assert name_stays(page.locator(".frame").filter(has=matrix))
    expect_no_sideways_scroll(page)
    page.get_by_role("button", name="All runs").click()
    expect(frame(page, "Runs with answers")).to_be_visible()
    assert name_stays(frame(page, "Runs with answers"))
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(frame(page, "Runs")).to_be_visible()
    assert name_stays(frame(page, "Runs"), column=2)  # before it stands the box
    page.get_by_role("link", name="Explore", exact=True).click()
    expect(frame(page, "Layers")).to_be_visible()
    assert name_stays(frame(page, "Layers"))
    expect_no_sideways_scroll(page)


def test_on_a_phone_words_of_what_differs_stay_whole_beside_a_fixed_first_column(
    found_server: str, history: History, open_page: OpenPage
) -> None:
    page = open_page(f"{found_server}/runs?runs={history.sweep}", width=390, height=844)
    table = page.get_by_role("region", name="Differences")
    expect(table).to_be_visible(timeout=120_000)
    page.emulate_media(color_scheme="dark")  # not before: Streamlit listens once its page stands
    expect(page.locator(".stApp")).to_have_css("color-scheme", "dark")
    cell = table.get_by_role("cell", name="Sigmoid", exact=True).first
    assert high(cell) < 40, "a word is broken"
    assert name_stays(table)
    ground, of_page = (it.evaluate(GROUND) for it in (table.get_by_role("rowheader").first, page.locator(".stApp")))
    assert ground == of_page
    expect_no_sideways_scroll(page)


def test_on_a_projector_no_table_is_cut_and_open_settings_leave_no_emptiness(
    found_server: str, history: History, open_page: OpenPage
) -> None:
    page = open_page(f"{found_server}/runs?runs={history.runs[1]}")
    expect(frame(page, "Runs")).to_be_visible(timeout=120_000)
    assert beyond(frame(page, "Runs"))[0] == 0
    assert beyond(frame(page, "Runs").get_by_text("ReLU, my best guess"))[0] == 0
    page.get_by_role("button", name="Show its 24 runs").click()
    expect(page.get_by_text("learning rate 0.03, activation Sigmoid, width 0.5", exact=True)).to_be_visible()
    for name in frame(page, "Runs").locator(".inside .name").all():
        assert beyond(name)[0] == 0, "runs of a sweep are told apart by their whole names"
    page.get_by_role("link", name="Claims", exact=True).click()
    expect(frame(page, "Claims")).to_be_visible()
    assert beyond(frame(page, "Claims")) == (0, 0)
    page.goto(f"{found_server}/predict?m={ALEXNET}")
    expect(frame(page, "Layers")).to_be_visible()
    assert beyond(frame(page, "Layers")) == (0, 0)
    page.goto(f"{found_server}/train?m={to_link(LENET)}")
    page.get_by_text("More settings").click()
    page.get_by_role("textbox", name="max_seconds").wait_for()
    assert beyond(frame(page, "Last runs"))[0] == 0
    assert beyond(page.get_by_test_id("stMain"))[1] < 720
    page.goto(f"{found_server}/sweep?sweep={history.sweep}")
    assert overprinted(page, "parallel") == []


def test_on_a_larger_screen_a_chart_its_letters_a_matrix_and_pictures_grow(
    found_server: str, history: History, open_page: OpenPage
) -> None:
    page = open_page(f"{found_server}/race?race={history.race}", width=1280, height=720)
    drawing, letters = page.locator(".st-key-curve .main-svg").first, page.locator(".st-key-curve .xtitle").first
    expect(letters).to_be_visible()
    small = [high(drawing), high(letters)]
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_function(GREW, arg=small)
    assert high(drawing) == pytest.approx(high(page.locator(".st-key-curve .explorer-frame")), abs=1)
    page.goto(f"{found_server}/mistakes?run={history.runs[0]}")
    cell, picture = page.get_by_role("gridcell").first, page.get_by_role("img", name=re.compile("^Test picture")).first
    expect(cell).to_be_visible()
    expect(picture).to_be_visible()
    assert (high(cell) > 31, high(picture) > 84) == (True, True)  # px on a projector


@pytest.mark.parametrize(("kind", "size"), [("run", (1280, 720)), ("race", (1920, 1080))])
def test_a_presented_curve_is_higher_than_on_the_page_and_its_words_stand_apart(
    found_server: str, history: History, open_page: OpenPage, kind: str, size: tuple[int, int]
) -> None:
    shown = {"run": f"train?run={history.runs[0]}", "race": f"race?race={history.race}"}[kind]
    page = open_page(f"{found_server}/{shown}", width=size[0], height=size[1])
    panels = page.locator(".st-key-curve .nsewdrag")
    expect(panels).to_have_count(2)
    usual = high(panels.first)
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_role("button", name="Forms")).to_be_visible()
    page.wait_for_function(HIGHER, arg=usual)
    assert overprinted(page, "curve") == []
