"""What each page shows in Chromium where there is nothing: nothing tried yet, and a network that cannot be trained."""

import re

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from explorer.architecture.presets import PRESETS
from explorer.exchange.link import to_link
from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import cells, curve, expect_no_sideways_scroll

LENET = PRESETS["lenet-d2l"].architecture
EMPTY = replace(LENET, layers=())
TOO_SMALL = replace(LENET, input_shape=(1, 9, 9))


@pytest.fixture(scope="module")
def fresh(serve_file: Serve) -> str:
    """A server on which nothing was tried."""
    return serve_file(ROOT / "app.py")


@pytest.mark.parametrize(
    ("path", "words", "ready"),
    [
        ("train", "Press Train: loss and accuracy draw here.", "Train"),
        ("race", "Press Race: the contenders' curves draw here, one over the other.", "Race"),
        ("sweep", "Press Start sweep: a table fills here, one row a cell", "Start sweep"),
        ("runs", "Nothing was tried yet. Each run, race and sweep stays here", "Train a network"),
        ("inside", "No run here has kept its weights yet.", "To Train"),
        ("mistakes", "No run here has answers to its test pictures yet.", "To Train"),
    ],
)
def test_a_page_says_what_will_stand_there_and_how_to_get_it(
    fresh: str, open_page: OpenPage, path: str, words: str, ready: str
) -> None:
    page = open_page(f"{fresh}/{path}")
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(f"^{ready}( |$)"))).to_be_enabled()
    expect(page.get_by_role("grid").or_(page.get_by_role("treegrid"))).to_have_count(0)
    expect_no_sideways_scroll(page)


@pytest.mark.parametrize(
    ("path", "button"), [("runs", "Train a network"), ("mistakes", "To Train"), ("inside", "To Train")]
)
def test_an_empty_list_leads_to_train_with_the_same_network(
    fresh: str, open_page: OpenPage, path: str, button: str
) -> None:
    page = open_page(f"{fresh}/{path}?m={to_link(PRESETS['lenet-keras'].architecture)}")
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile(r"/train\?"))
    expect(curve(page)).to_have_attribute("data-points", "0")
    expect(page.get_by_role("combobox", name="Network").first).to_have_value(PRESETS["lenet-keras"].title)
    expect(page.get_by_text("No runs yet. Each run that you train stays here")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "start", "without_layers"),
    [
        ("train", "Train", "The network has no layers."),
        ("race", "Race", "This network has no activations to exchange."),
        ("sweep", "Start sweep", "The network has no layers."),
    ],
)
def test_a_network_that_cannot_be_trained_is_said_where_it_would_be(
    fresh: str, open_page: OpenPage, path: str, start: str, without_layers: str
) -> None:
    for design, cause in ((EMPTY, without_layers), (TOO_SMALL, "conv2")):
        page = open_page(f"{fresh}/{path}?m={to_link(design)}")
        expect(page.get_by_role("alert")).to_contain_text(cause)
        expect(page.get_by_role("button", name=re.compile(f"^{start} "))).to_be_disabled()


def test_a_network_without_layers_has_nothing_to_predict_and_gets_its_first_on_explore(
    fresh: str, open_page: OpenPage
) -> None:
    page = open_page(f"{fresh}/predict?m={to_link(EMPTY)}")
    expect(page.get_by_text("This network has nothing to predict")).to_be_visible()
    page.get_by_role("button", name="Open it in Explore").click()
    layers = page.get_by_role("grid", name="Layers").get_by_role("row")
    expect(layers).to_have_count(3)  # the titles, the input, the total
    page.get_by_role("button", name="Add").click()
    page.get_by_role("menuitem", name="Flatten").click()
    expect(cells(page, "flatten0")).to_contain_text(["flatten0", "Flatten", "784"])
