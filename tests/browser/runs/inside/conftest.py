"""One trained run, into which all tests of this folder look."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.runs.inside.scene import PICTURE, Inside
from tests.browser.steps import launch, set_field


@pytest.fixture(scope="session")
def trained() -> list[str]:
    """The one run that all tests here look into, once the first of them has trained it."""
    return []


@pytest.fixture
def inside(app: str, app_home: Path, open_page: OpenPage, trained: list[str]) -> Inside:
    page = open_page(f"{app}/inside?run={trained[0]}" if trained else f"{app}/train")
    if not trained:
        trained.append(train(page))
    page.get_by_role("spinbutton", name="Picture").fill(str(PICTURE))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"show={PICTURE}~"))
    return Inside(page, app_home, trained[0])


def train(page: Page) -> str:
    """Train two epochs, look inside by the button, and give the run."""
    set_field(page, "epochs", 2)
    expect(page.get_by_role("button", name="Back to the text's recipe")).to_be_enabled()
    launch(page)
    page.get_by_text(re.compile("^Finished")).wait_for()
    page.locator("[data-test-script-state=notRunning]").wait_for()
    page.get_by_role("button", name="Look inside").click()
    page.wait_for_url(re.compile("/inside"))
    found = re.search(r"run=(\w+)", page.url)
    assert found is not None
    return found[1]
