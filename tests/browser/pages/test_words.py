"""What persons typed, in Chromium: no link, no emoji, no sign of Markdown's comes of it."""

from playwright.sync_api import expect

from explorer.views.common.words import JOINER
from tests.browser.conftest import OpenPage, Serve
from tests.browser.pages.words_demo import TYPED


def test_what_was_typed_reads_as_it_was_and_leads_nowhere(share_demo: Serve, open_page: OpenPage) -> None:
    page = open_page(share_demo("words_demo.py"))
    expect(page.get_by_role("button", name="Open see")).to_be_visible()
    written = page.get_by_test_id("stMarkdown")
    texts = [text.replace(JOINER, "") for text in written.all_inner_texts()]
    assert [text for text in texts if text.startswith("Name: ")] == [f"Name: {text}" for text in TYPED]
    expect(page.get_by_test_id("stMain").get_by_role("link")).to_have_count(0)
    expect(page.get_by_test_id("stMain").locator("img, em, code, .katex")).to_have_count(0)
