"""One trained run, into which all tests of this folder look."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.runs.inside.scene import PICTURE, Inside, train


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
