"""The offer to download a data set, in Chromium: its progress, its cancel, and words where it fails.

A proxy of our own stands between the app and the world, so that no test needs the network.
"""

from collections.abc import Iterator
from contextlib import closing
from socket import create_server, socket

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import train_button


@pytest.fixture
def silent_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket]:
    """Let every download wait for a server that accepts and then says nothing; closed, for one that nobody serves."""
    with closing(create_server(("127.0.0.1", 0))) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        yield proxy


def choose_mnist(page: Page) -> Locator:
    """Choose MNIST, which no computer has at first, and give the button that downloads it."""
    page.get_by_role("combobox", name="dataset").click()
    page.get_by_role("option", name="MNIST: 60,000 + 10,000 pictures, not downloaded", exact=True).click()
    expect(page.get_by_text("MNIST is not on this computer yet.")).to_be_visible()
    expect(train_button(page)).to_be_disabled()
    return page.get_by_role("button", name="Download 12 MB")


def test_a_download_says_how_far_it_is_is_cancelled_and_says_why_it_fails(
    silent_proxy: socket, serve: Serve, open_page: OpenPage
) -> None:
    page = open_page(serve(ROOT / "app.py") + "/train")
    download = choose_mnist(page)
    download.click()
    expect(page.get_by_text("MNIST: 0.0 of 11.6 MB")).to_be_visible()
    page.get_by_role("button", name="Cancel the download").click()
    expect(download).to_be_visible()
    expect(page.get_by_text("The download failed")).to_have_count(0)

    silent_proxy.close()  # as without a network
    download.click()
    failure = page.get_by_role("alert").filter(has_text="The download failed")
    expect(failure).to_contain_text("Connection refused")
    expect(download).to_be_enabled()
    expect(train_button(page)).to_be_disabled()
