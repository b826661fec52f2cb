"""How long the first point of a curve takes after the click on Train: `python -m pytest <this file> -s` prints it."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import curve, launch, stop, train_button, wait_for_more_points

FIRST_POINT = """([button, frame]) => new Promise((resolve) => {
    const start = performance.now();
    const watch = new MutationObserver(() => {
        if (Number(frame.dataset.points) > 0) resolve(performance.now() - start);
    });
    watch.observe(frame, { attributes: true });
    button.click();
})"""


def test_the_first_point_comes_soon_after_the_click(train_page: Page, app: str, open_page: OpenPage) -> None:
    launch(train_page)
    wait_for_more_points(train_page, 0)
    stop(train_page)
    page = open_page(app + "/train")
    expect(curve(page)).to_have_attribute("data-points", "0")
    handles = [train_button(page).element_handle(), curve(page).element_handle()]
    elapsed = page.evaluate(FIRST_POINT, handles)
    print(f"first point {elapsed:.0f} ms after the click on Train, warm worker")  # noqa: T201  # a figure to read
    stop(page)
