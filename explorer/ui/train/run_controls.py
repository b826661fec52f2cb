"""What a person can do with a run: hold it, step it, change its learning rate, end it, go on with it, take it home."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from explorer.runs.messages import OneStep, Pause, Resume, SetLearningRate, Wish
from explorer.runs.store.rows import UNFINISHED, Run
from explorer.training.events import AnswersNotKept, Event, LearningRate, NotCaptured, NotKept, WeightsNotKept
from explorer.training.loop.checkpoint import CheckpointError, weights_size
from explorer.training.recipe.recipe import BOUNDS
from explorer.ui.base import links, state
from explorer.ui.base.attempt import attempt
from explorer.ui.base.fields import rule_of
from explorer.ui.base.number_field import NumberField, number_field, settle_fields, wrong_fields
from explorer.ui.base.server import acting, launching, runs
from explorer.ui.components.controls.save_button import save_button
from explorer.ui.train import train_state
from explorer.views.common.typed_number import NumberRule
from explorer.views.common.words import megabytes, plain
from explorer.views.runs.receipt import receipt_json, receipt_rows

SHARED = "The other contenders train in the same process: the race's own page ends them all at once."
TRAINS = ("running", "paused")
RATE, MORE = "learning rate", "more epochs"  # labels
RATES = rule_of("learning_rate", BOUNDS["learning_rate"])
FIELD_WIDTH = 170  # px
MOST_EPOCHS = 1_000
MORE_EPOCHS = 5  # that are proposed to a run that is at its end
KEPT_FOR_LATER = "A checkpoint is kept every ten seconds or more, when the run is paused or stopped, and when it ends."
GONE = "These weights made room for those of newer runs. Open their file again on the Explore page."
MAKES_ROOM = "While others wait, a run that is paused gives its place to them after ten seconds. It can be continued."
ENDS_NOW = "Ends the run within its step: what it has learned since its last checkpoint is lost."


def run_controls(run: Run, events: Sequence[Event]) -> None:
    """Show in one row what can be done with a run in its state."""
    with st.container(horizontal=True, vertical_alignment="center", key="run_controls"):
        if run.state in UNFINISHED:
            _going_on(run, events)
        else:
            _ended(run)
        _more(run, events)
    refused = [event for event in events if isinstance(event, NotKept)]
    if refused:
        st.warning(f"How the run stands at step {refused[-1].step:,} was not kept: {plain(refused[-1].cause)}")
    lost = [event for event in events if isinstance(event, AnswersNotKept)]
    if lost:
        cause = plain(lost[-1].cause)
        st.warning(f"What it answered to the test pictures at step {lost[-1].step:,} was not kept: {cause}")
    if unkept := next((event for event in events if isinstance(event, WeightsNotKept)), None):
        st.warning(f"From step {unkept.step:,} on no weights to look into were kept: {plain(unkept.cause)}")
    if slower := next((event for event in events if isinstance(event, NotCaptured)), None):
        st.warning(f"The GPU takes the steps of this run one kernel at a time, which is slower: {plain(slower.cause)}")


def _going_on(run: Run, events: Sequence[Event]) -> None:
    held, trains = run.state == "paused", run.state in TRAINS
    wish: Wish = Resume(run.id) if held else Pause(run.id)
    off = acting().refusal(run.owner)
    label, about = ("Resume", None) if held else ("Pause", MAKES_ROOM)
    _button(label, partial(acting().ask, wish), disabled=not trains, key="hold", help=about, refusal=off)
    step = partial(acting().ask, OneStep(run.id))
    help_words = "Takes one step of a run that is paused."
    _button("Step", step, disabled=not held, key="one_step", help=help_words, refusal=off)
    _stop(run)
    _look_inside(run)
    if run.race is None:  # the contenders of a race train on the terms that it names
        _rate(run, events, disabled=not trains)


def _stop(run: Run) -> None:
    if run.state != "stopping":
        _button("Stop", partial(acting().cancel, run.id), key="stop", refusal=acting().refusal(run.owner))
    else:
        shared, help_words = run.race is not None, ENDS_NOW if run.race is None else SHARED
        end, off = partial(acting().end_now, run.id), acting().refusal(run.owner)
        _button("Stop now", end, key="end_now", disabled=shared, help=help_words, refusal=off)


def _rate(run: Run, events: Sequence[Event], *, disabled: bool) -> None:
    """Ask for another learning rate, which its button alone sends."""
    rate = train_state.remembered().rates.get(run.id, learning_rate(run, events))
    off = acting().refusal(run.owner)
    asked = NumberField(RATE, rate, RATES, f"rate_{run.id}", partial(train_state.type_rate, run.id))
    number_field(asked, width=FIELD_WIDTH, disabled=disabled or off is not None, is_labelled=False)
    change = partial(_change, run.id, rate)
    wrong = bool(wrong_fields({RATE: rate}))
    _button("Change learning rate", change, disabled=disabled or wrong, key="change_rate", refusal=off)


def learning_rate(run: Run, events: Sequence[Event]) -> float:
    """Give the learning rate that a run was last told, or its recipe's."""
    changes = [event.learning_rate for event in events if isinstance(event, LearningRate)]
    return changes[-1] if changes else run.job.recipe.learning_rate


def _change(run_id: str, shown: float) -> None:
    """Send the learning rate that is typed, also where it was typed just before the click."""
    settle_fields()
    if wrong_fields({RATE: shown}):
        return
    rate = train_state.remembered().rates.pop(run_id, shown)
    acting().ask(SetLearningRate(run_id, rate))


def _ended(run: Run) -> None:
    if not run.imported:
        _go_on(run)
    if run.test_accuracy is not None and st.button("What it got wrong", key="mistakes"):
        links.to_mistakes(state.session().design, run.id).follow()
    _look_inside(run)


def _go_on(run: Run) -> None:
    """Offer to train a run further, or once more."""
    kept = runs().checkpoint(run.id).exists()
    at_end = run.state == "finished"
    why = KEPT_FOR_LATER if kept else "No checkpoint was kept that it could go on from."
    room = MOST_EPOCHS - run.job.recipe.epochs
    if at_end and room > 0:
        more = train_state.remembered().more_epochs.get(run.id, min(MORE_EPOCHS, room))
        rule = NumberRule(f"a whole number at least 1, at most {room:,}", is_whole=True, low=1, high=room, step=1)
        type_more = partial(train_state.type_more_epochs, run.id)
        asked = NumberField(MORE, more, rule, f"more_epochs_{run.id}", type_more)
        number_field(asked, width=FIELD_WIDTH, disabled=not kept, is_labelled=False)
        off = not kept or bool(wrong_fields({MORE: more}))
        _button("More epochs", partial(_continue, run.id, more), disabled=off, key="continue", help=why)
    elif not at_end:
        _button("Continue", partial(_continue, run.id, 0), disabled=not kept, key="continue", help=why)
    _button("Run again", partial(_run_again, run), key="run_again", help="Launches the same job: the same figures?")


def _look_inside(run: Run) -> None:
    if runs().weights(run.id).exists() and st.button("Look inside", key="look_inside"):
        links.to_inside(run.job.architecture, run.id).follow()


def _continue(run_id: str, shown: int) -> None:
    """Go on to the run's end, for 0, or for as many epochs more as are typed."""
    settle_fields()
    if shown and wrong_fields({MORE: shown}):
        return
    more = train_state.remembered().more_epochs.pop(run_id, shown) if shown else 0
    links.write(links.RUN, launching().continue_run(run_id, more_epochs=more))


def _run_again(run: Run) -> None:
    links.write(links.RUN, launching().submit(run.job))


def _button(
    label: str,
    action: Callable[[], None],
    *,
    key: str,
    disabled: bool = False,
    help: str | None = None,  # noqa: A002
    refusal: str | None = None,
) -> None:
    off = disabled or refusal is not None or runs().read_only is not None
    st.button(label, key=key, disabled=off, help=refusal or help, on_click=attempt, args=(action,))


def _more(run: Run, events: Sequence[Event]) -> None:
    menu = st.popover("More", key="more", on_change="rerun")
    if not menu.open:
        return
    with menu:
        _downloads(run)
        st.download_button(
            "Save the receipt as JSON",
            receipt_json(run, events),
            file_name=f"receipt-{run.id}.json",
            mime="application/json",
            on_click="ignore",
            key="save_receipt",
        )
        st.markdown("**Receipt**: what its figures rest on")
        st.table(receipt_rows(run, events), border="horizontal")
        if run.continues:
            before = run.continues
            st.button(
                "Open the run that it goes on from", key="open_before", on_click=links.write, args=(links.RUN, before)
            )


def _downloads(run: Run) -> None:
    path = runs().checkpoint(run.id)
    st.markdown("**To keep**")
    if not path.exists():
        st.caption(GONE if run.imported else f"None is kept yet. {KEPT_FOR_LATER}")
        return
    try:
        size = weights_size(path)
    except CheckpointError as error:
        st.caption(plain(str(error)))
        return
    sizes = {"weights": size} | ({} if run.imported else {"checkpoint": path.stat().st_size})
    for what, has in sizes.items():
        label = f"Save the {what} ({megabytes(has)}, safetensors)"
        save_button(label, what, run.id, key=f"save_{what}")
