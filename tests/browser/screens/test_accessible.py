"""Every page by axe-core's verdict: nothing serious or critical in any state, as a light screen and as a dark phone.

Contrast is held at both themes, all else at both sizes. What axe cannot see is tested where it belongs: the keyboard,
the words for a screen reader, the text twins of charts. Nothing of Streamlit's own needs an exception.
"""

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize, expect

from explorer.exchange.link import to_link
from tests.browser.conftest import OpenPage
from tests.browser.screens.history import LENET, History
from tests.browser.steps import choose_layer, launch, stop, train_long, wait_for_more_points

LOOKS: tuple[tuple[ViewportSize, Literal["light", "dark"]], ...] = (
    ({"width": 390, "height": 844}, "dark"),
    ({"width": 1280, "height": 720}, "light"),
)
MENUS = {
    "Share": "This link holds",
    "Open code": "Or a program, pasted",
    "File": "Save the design as JSON",
    "View": "Columns of the table",
    "Beside another": "A network of the course",
    "Main menu": "Dark",
}
MENU = "[data-testid=stPopoverBody], [role=menu]"
AXE = """async (part) => {
  const moving = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < 10_000);
  await Promise.allSettled(moving.map(({ finished }) => finished)); // the other theme fades in
  const { violations } = await axe.run(part ?? document, { resultTypes: ["violations"], preload: false });
  const why = ({ any, all, none }) => [...any, ...all, ...none].map(({ message }) => message).join("; ");
  const told = ({ id }, node) => `${id}: ${why(node)} ${node.html.slice(0, 300)}`;
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap((found) => found.nodes.map((node) => told(found, node)));
}"""
GO = """(link) => {
  history.pushState({}, "", link);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}"""


class State(NamedTuple):
    """A state of a page, and the part of it that is looked at; None: all."""

    name: str
    part: str | None = None


@pytest.fixture
def page(found_server: str, open_page: OpenPage) -> Page:
    """The first page, with axe in it; it is never loaded again."""
    opened = open_page(found_server)
    expect(opened.get_by_role("grid", name="Layers")).to_be_visible(timeout=120_000)
    opened.evaluate(AXE_SCRIPT)
    return opened


def go(page: Page, link: str) -> None:
    """Go to a link within the app, as its menu does, and wait until its page is there."""
    page.evaluate(GO, link)
    opened = page.get_by_role("navigation", name="Pages").locator("[aria-current=page]")
    expect(opened).to_have_attribute("data-page", link.lstrip("/").partition("?")[0])


def verdict(page: Page, state: State) -> list[str]:
    """Give what axe finds in a state of a page: on a light screen, then on a dark phone."""
    found = []
    for size, scheme in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        found += [f"{state.name}, {scheme}: {words}" for words in page.evaluate(AXE, state.part)]
    return found


def menu(page: Page, title: str, shows: str) -> Iterator[State]:
    """Open a menu of the page that shows some words, and close it again."""
    page.get_by_role("button", name=title).first.click()
    expect(page.locator(MENU).first).to_contain_text(shows)
    yield State(f"the menu {title}", MENU)
    page.keyboard.press("Escape")
    expect(page.locator(MENU)).to_have_count(0)


def exploring(page: Page, _: History) -> Iterator[State]:
    yield State("Explore")
    choose_layer(page, "conv1")
    for view, drawn in (("Cost", ".plot-container"), ("How it is worked out", ".katex")):
        page.get_by_role("radio", name=view).click()
        expect(page.locator(".st-key-view").locator(drawn).last).to_be_visible()
        yield State(view, ".st-key-view")
    for title, shows in MENUS.items():
        yield from menu(page, title, shows)
    page.get_by_role("button", name="Break it").click()
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    yield State("a network that does not fit")
    page.keyboard.press("Alt+p")
    expect(page.get_by_role("textbox")).to_have_count(0)
    yield State("Explore, presented")
    page.keyboard.press("Alt+p")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def understanding(page: Page, _: History) -> Iterator[State]:
    go(page, "/claims")
    page.get_by_role("button", name="False").wait_for()
    yield State("Claims")
    page.get_by_role("button", name="False").click()
    expect(page.get_by_text("1 of 1 right")).to_be_visible()
    yield State("a claim that was guessed")
    go(page, "/lessons")
    page.get_by_role("button", name="Begin").last.wait_for()
    yield State("Lessons")
    yield from leading(page)
    go(page, "/predict?lesson=convolution-cost&step=parameters")
    page.get_by_role("textbox", name="Your answer").fill("156")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("Channels forgotten?").wait_for()
    yield State("a step of a lesson with a wrong answer")
    page.get_by_role("button", name="Leave").click()
    expect(page.locator(".st-key-lesson_bar")).to_have_count(0)
    go(page, f"/predict?m={to_link(LENET)}")
    page.get_by_role("textbox", name="Your answer").fill("6x2x2")
    page.get_by_role("button", name="Check").click()
    page.get_by_role("alert").wait_for()
    yield State("Predict with a wrong answer")


def leading(page: Page) -> Iterator[State]:
    """Give a lesson in a room, in which one is oneself, too."""
    page.get_by_role("button", name="Open a room").first.click()
    page.get_by_text("Nobody is here yet").wait_for()
    code = page.url.partition("desk=")[2][:6]
    go(page, f"/lessons?room={code}")
    page.get_by_role("textbox", name="What the class may call you").fill("Ann")
    page.get_by_role("button", name="Enter the room").click()
    page.get_by_role("textbox", name="Your answer").fill("156")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("Kept: 156").wait_for()
    yield State("a step of a room")
    go(page, f"/lessons?desk={code}")
    page.get_by_role("button", name="Show the tally").click()
    page.get_by_role("cell", name="✗ 156").wait_for()
    yield State("the desk of a room")
    yield from menu(page, "The class is at", "Leave the class free")
    page.get_by_role("button", name="Ann").click()
    page.get_by_role("dialog").get_by_text("Channels forgotten").wait_for()
    yield State("a member's card", "[role=dialog]")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Reveal").click()
    page.get_by_text("what is right is shown").wait_for()
    page.evaluate(GO, f"/lessons?projector={code}")
    page.get_by_text("1 of 1 answered").wait_for()
    yield State("the projector of a room")
    page.get_by_role("button", name="Desk").click()
    page.get_by_role("button", name="Reveal").wait_for()
    go(page, "/explore")
    page.get_by_role("button", name="Leave").click()
    expect(page.locator(".st-key-lesson_bar")).to_have_count(0)


def training(page: Page, _: History) -> Iterator[State]:
    go(page, f"/train?m={to_link(LENET)}")
    page.get_by_text("Settings known to work, and to fail").click()
    page.get_by_text("Recipes of the texts").wait_for()
    page.get_by_text("More settings").click()
    train_long(page)
    yield State("Train with all its settings")
    launch(page)
    wait_for_more_points(page, 4)
    yield State("a run that trains")
    stop(page)
    yield from menu(page, "More", "Save the weights")


def comparing(page: Page, history: History) -> Iterator[State]:
    for kind, table in (("race", "Contenders"), ("sweep", "Cells")):
        go(page, f"/{kind}?{kind}={getattr(history, kind)}")
        page.get_by_role("grid", name=table).get_by_role("row").nth(1).click()
        yield State(f"a {kind}")
        page.get_by_role("button", name=f"New {kind}").click()
        expect(page.get_by_role("grid", name=table)).to_have_count(0)
        yield State(f"no {kind} yet")


def looking_back(page: Page, history: History) -> Iterator[State]:
    go(page, f"/runs?runs={history.runs[1]}")
    page.get_by_role("textbox", name="Notes").wait_for()
    yield State("Runs, one chosen")
    go(page, f"/runs?runs={','.join(history.runs)}")
    page.get_by_text("Differences only").wait_for()
    yield State("Runs, two compared")
    go(page, "/mistakes")
    page.get_by_text("Choose a run: its confusion matrix opens").wait_for()
    yield State("Mistakes")
    go(page, f"/mistakes?run={history.runs[0]}")
    page.get_by_role("grid", name=re.compile("^Confusion matrix")).wait_for()
    yield State("Mistakes of a run")


@pytest.mark.parametrize("visits", [(exploring, understanding, comparing), (training, looking_back)])
def test_axe_finds_nothing_serious_in_any_state_of_any_page(
    page: Page, history: History, visits: tuple[Callable[[Page, History], Iterator[State]], ...]
) -> None:
    found = [words for visit in visits for state in visit(page, history) for words in verdict(page, state)]
    assert not found, "\n".join(found)
