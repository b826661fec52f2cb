"""What is looked at survives a link, and a link that was changed by hand shows what there is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.views.inside.shown import PANELS, SCALINGS, Shown, beside_in, from_link, of_picture, to_choice, to_link

STEPS, LAYERS = [0, 1, 144], ["input", "conv1", "fc3"]


@given(
    picture=st.integers(0, 999),
    step=st.sampled_from(STEPS),
    layer=st.sampled_from(LAYERS),
    panel=st.sampled_from(list(PANELS)),
    beside=st.sampled_from(["", "untrained", "5afa2280b0"]),
    scaling=st.sampled_from(SCALINGS),
    move=st.sampled_from(["", "turn=-20", "across=3&cover_down=-4&scale=1.05"]),
)
def test_a_link_leads_to_what_it_was_copied_from(**chosen: Any) -> None:  # noqa: ANN401  # of every field its own type
    shown, others = Shown(**chosen), ["untrained", "5afa2280b0"]
    assert from_link(to_link(shown), pictures=1_000, steps=STEPS, layers=LAYERS, others=others) == shown
    assert beside_in(to_link(shown)) == shown.beside
    assert to_choice(chosen) == shown


def test_a_link_to_a_picture_leads_to_the_latest_step_with_another_run_beside() -> None:
    shown = from_link(of_picture(3, "af70"), pictures=10, steps=STEPS, layers=LAYERS, others=["af70"])
    assert shown == Shown(3, STEPS[-1], "", "sum", "af70")
    assert from_link(of_picture(3), pictures=10, steps=STEPS, layers=LAYERS).beside == ""


@pytest.mark.parametrize("text", [None, "", "~", "1000~2~conv9", "-1~x~", "9" * 400, "٣~٣~٣", "~~~~~wide~turn=x"])
def test_what_is_not_there_is_the_first_picture_at_the_latest_step(text: str | None) -> None:
    assert from_link(text, pictures=1_000, steps=STEPS, layers=LAYERS) == Shown(0, 144, "", "sum")


@given(text=st.text())
def test_no_text_breaks_a_page(text: str) -> None:
    shown = from_link(text, pictures=10, steps=STEPS, layers=LAYERS)
    assert 0 <= shown.picture < 10
    assert shown.step in STEPS
    assert shown.layer in ("", *LAYERS)
