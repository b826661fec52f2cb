"""Look inside by axe-core's verdict, in each of its panels, with a network beside it and one's own picture."""

from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize, expect

from explorer.views.inside.shown import PANELS
from tests.browser.runs.inside.scene import Inside
from tests.browser.screens.test_accessible import AXE, LOOKS

Look = tuple[ViewportSize, Literal["light", "dark"]]


def violations(page: Page) -> list[str]:
    found: list[str] = page.evaluate(AXE, None)
    return found


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "screen"])
def test_axe_finds_nothing_serious_in_any_panel(
    inside: Inside, look: tuple[ViewportSize, Literal["light", "dark"]]
) -> None:
    page, (size, theme) = inside.page, look
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme)
    page.evaluate(AXE_SCRIPT)
    inside.column("conv2").click()
    for title in PANELS.values():
        page.get_by_role("button", name=title, exact=True).click()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        assert violations(page) == [], title
    page.get_by_role("button", name="Your own").click()
    page.get_by_role("button", name="Bar", exact=True).click()
    expect(page.get_by_role("img", name="Scaled: the picture then")).to_be_visible()
    page.get_by_role("combobox", name="Beside it").select_option("before the first step")
    expect(page.get_by_role("group", name="Layers of the network beside")).to_be_visible()
    assert violations(page) == []
