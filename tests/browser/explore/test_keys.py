"""Keys: what shows is ready; one that is pressed in the very frame in which something is seen first is never lost."""

import re

from playwright.sync_api import Page, expect

from explorer.lessons.claims import CLAIMS
from explorer.views.lessons.claims import NAMES
from tests.browser.conftest import OpenPage
from tests.browser.steps import LONG, cells, choose_layer, field, set_field, step_button, stop, train_button

WORDS = [CLAIMS[name].words.replace("`", "") for name in NAMES]
# Nobody is as quick as this; a computer that is slow enough makes anybody so.
PRESS_ONCE_SEEN = """([selector, words, key, ctrlKey]) => new Promise((done) => {
    const isShown = (element) => element.textContent.includes(words)
        && element.checkVisibility({ visibilityProperty: true }) && !element.matches(":disabled");
    const look = () => {
        if (![...document.querySelectorAll(selector)].some(isShown)) return requestAnimationFrame(look);
        const press = { key, ctrlKey, code: `Key${key.toUpperCase()}`, bubbles: true, cancelable: true };
        done(document.body.dispatchEvent(new KeyboardEvent("keydown", press)));
    };
    look();
})"""


def press_once_seen(page: Page, selector: str, words: str, key: str, *, ctrl: bool = False) -> None:
    page.evaluate(PRESS_ONCE_SEEN, [selector, words, key, ctrl])


def test_a_claim_can_be_guessed_at_as_soon_as_it_can_be_read(app: str, open_page: OpenPage) -> None:
    page = open_page(f"{app}/claims")
    expect(page.get_by_role("button", name="False")).to_be_visible()
    page.reload()  # all is in the browser's cache: words come before what draws buttons
    press_once_seen(page, "h2", WORDS[0], "f")
    expect(page.get_by_text("You said “False”")).to_be_visible()
    for words in WORDS[1:4]:
        page.get_by_role("button", name="Next").click()
        press_once_seen(page, "h2", words, "f")
        expect(page.get_by_text("You said “False”")).to_be_visible()


def test_undo_and_train_hear_their_keys_as_soon_as_they_can_be_pressed(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_layer(page, "conv2")
    step_button(page, "kernel_size").click()
    press_once_seen(page, "button", "Undo", "z", ctrl=True)
    expect(cells(page, "conv2").nth(1)).to_have_text("Conv2d 16 @ 5×5")
    expect(page.get_by_role("button", name="Redo")).to_be_enabled()

    page.get_by_role("navigation").get_by_role("link", name="Train").click()
    set_field(page, "epochs", LONG)
    expect(page.get_by_role("button", name="Back to the text's recipe")).to_be_enabled()
    address = page.url
    page.reload()
    press_once_seen(page, "button[kind=primary]", "Train", "Enter", ctrl=True)
    page.wait_for_url(re.compile(r"[?&]run=\w+"))
    assert page.url != address
    expect(train_button(page)).to_be_enabled()
    stop(page)


def test_a_letter_that_is_typed_into_a_field_guesses_nothing_and_a_held_key_is_another(
    app: str, open_page: OpenPage
) -> None:
    page = open_page(f"{app}/claims")
    expect(page.get_by_role("button", name="False")).to_be_visible()
    page.keyboard.press("Control+f")
    page.keyboard.press("Alt+f")
    expect(page.get_by_text("Guess first, then see the sum.")).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Explore").click()
    choose_layer(page, "conv2")
    field(page, "kernel_size").press("p")
    expect(page.get_by_role("button", name="Present")).to_be_visible()
    page.keyboard.press("Alt+p")
    expect(page.get_by_role("button", name="Forms")).to_be_visible()


def test_as_many_steps_are_undone_as_its_key_is_pressed_however_quickly(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    choose_layer(page, "conv2")
    for channels in range(17, 23):
        step_button(page, "out_channels").click()
        expect(cells(page, "conv2").nth(1)).to_have_text(f"Conv2d {channels} @ 5×5")
    for _ in range(6):
        page.keyboard.press("Control+z")
    expect(cells(page, "conv2").nth(1)).to_have_text("Conv2d 16 @ 5×5")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    for _ in range(6):
        page.keyboard.press("Control+y")
    expect(cells(page, "conv2").nth(1)).to_have_text("Conv2d 22 @ 5×5")
