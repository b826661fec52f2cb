"""A number's field under quick hands: each step counts, arrow keys step, and Escape gives the number back."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import choose_layer, field, layer, step_button

THREE_CLICKS = "(button) => { for (let click = 0; click < 3; click += 1) button.click(); }"


def test_steps_pressed_before_the_page_has_answered_all_count(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_layer(page, "conv1")
    step_button(page, "out_channels").evaluate(THREE_CLICKS)
    expect(layer(page, "conv1")).to_contain_text("Conv2d 9 @")
    expect(field(page, "out_channels")).to_have_value("9")


def test_keys_step_a_number_and_give_it_back(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_layer(page, "conv1")
    number = field(page, "out_channels")
    number.press("ArrowDown")
    expect(layer(page, "conv1")).to_contain_text("Conv2d 5 @")
    number.fill("77")
    number.press("Escape")
    expect(number).to_have_value("5")
    number.fill("8")
    number.press("ArrowUp")
    expect(layer(page, "conv1")).to_contain_text("Conv2d 9 @")
    expect(number).to_have_value("9")
