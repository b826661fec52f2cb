"""What counts as a person's change of a widget: Streamlit calls back for more than that."""

import pytest
import streamlit as st

from explorer.ui.base.inputs import key_for, keyed_default, keyed_option, keyed_value, pass_on

Browser = dict[str, object]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    """What Streamlit says of each widget, by its key."""
    values: Browser = {}
    monkeypatch.setattr(st, "session_state", values)
    return values


def heard(browser: Browser, key: str, value: object) -> list[object]:
    """Let the browser send a value, and give what is passed on."""
    passed: list[object] = []
    browser[key] = value
    pass_on(key, passed.append)
    return passed


def test_a_change_by_hand_is_passed_on_once_and_keeps_the_widget(browser: Browser) -> None:
    key = key_for("height", 28)
    assert heard(browser, key, 30) == [30]
    assert key_for("height", 30) == key
    assert heard(browser, key, 30) == []
    assert heard(browser, key, 28) == [28]


def test_a_value_that_was_shown_is_no_change_though_streamlit_forgot_it(browser: Browser) -> None:
    assert heard(browser, key_for("height", 28), 28) == []


@pytest.mark.usefixtures("browser")
def test_a_widget_whose_key_streamlit_forgot_is_no_change_and_no_error() -> None:
    passed: list[object] = []
    pass_on(key_for("preset", "LeNet"), passed.append)
    assert passed == []


def test_the_value_of_a_widget_that_was_made_anew_is_no_change(browser: Browser) -> None:
    old = key_for("height", 28)
    new = key_for("height", 224)
    assert new != old
    assert heard(browser, old, 28) == []
    assert heard(browser, old, 29) == []
    assert heard(browser, new, 225) == [225]


def test_a_refused_change_brings_a_new_widget_with_the_old_value(browser: Browser) -> None:
    key = key_for("name", "LeNet")
    assert heard(browser, key, "") == [""]
    assert key_for("name", "LeNet") != key


def test_each_kind_of_widget_shows_the_value_that_a_change_is_told_from(browser: Browser) -> None:
    passed: list[object] = []
    typed, pressed = keyed_value("size", 3, passed.append), keyed_default("axis", "step", passed.append)
    chosen = keyed_option("kind", "ReLU", passed.append, options={"Sigmoid": 0, "ReLU": 1})
    assert (typed["value"], pressed["default"], chosen["options"][chosen["index"] or 0]) == (3, "step", "ReLU")
    for keyed, same, other in ((typed, 3, 4), (pressed, "step", "epoch"), (chosen, "ReLU", "Sigmoid")):
        for sent in (same, other):
            browser[keyed["key"]] = sent
            keyed["on_change"](*keyed["args"])
    assert passed == [4, "epoch", "Sigmoid"]


def test_a_menu_of_which_nothing_is_chosen_shows_nothing() -> None:
    assert keyed_option("preset", None, print, options=["LeNet"])["index"] is None
