"""One race as it goes: how far it is, Stop, the verdict, its curves in one chart, and its contenders."""

from collections.abc import Sequence

import streamlit as st

from explorer.architecture.trace import trace
from explorer.experiments.race.race import Contender, Race
from explorer.runs.store.rows import ENDED, UNFINISHED, HeldRace, Run
from explorer.ui.base import links, state
from explorer.ui.base.frame import tell_refusal
from explorer.ui.base.inputs import keyed_default, keyed_value
from explorer.ui.base.server import acting, event_cache, others, runs, seen, store_errors_in_words
from explorer.ui.common.group_progress import group_progress, place_in_queue, turn_in
from explorer.ui.common.new_button import new_button
from explorer.ui.common.status import status_place, verdict_place
from explorer.ui.components.live_curve import live_curve
from explorer.ui.components.row_table import row_table
from explorer.ui.components.watching import Watch, tick, watch_address, watch_told
from explorer.ui.race import race_state
from explorer.ui.race.race_why import race_why
from explorer.views.common.words import named, plain
from explorer.views.design.difference import compared
from explorer.views.inside.shown import of_picture
from explorer.views.race.race import contenders_table, interruption_words, terms_words
from explorer.views.race.race_curves import AXES, AXIS_NOTES
from explorer.views.race.verdict import RaceVerdict, verdict
from explorer.views.race.watching import race_told
from explorer.views.runs.group import group_state
from explorer.views.runs.history import by_words, deletion_words
from explorer.views.runs.run_words import Progress
from explorer.views.runs.watching import Told

GOING_ON = ("queued", "running", "stopping")
EMPTY = "Press Race: the contenders' curves draw here, one over the other."
HEIGHT = 390
TWO_SEEDS = ("Where two seeds differ", "first two seeds")
NO_VERDICT = "Who is ahead stands here once all were tested."
WAITING = {
    "running": "The first points draw here in a moment.",
    "queued": "The curves draw here once there is a free place.",
}
SAME = "All begin with the same weights wherever their layers agree, and see the same batches in the same order."
APART = "Each seed begins with weights of its own, and sees the batches in an order of its own."
BAND = "A line alone is one seed; of more, the median stands on a band from the lowest to the highest."


def race_view(race: str | None) -> None:
    """Show the race of an id, live while it goes on; without one, what will stand here."""
    found = seen().race(race) if race else None
    if race and found is None:
        st.warning(f"There is no race {named(race)} on this server. It may have been held on another one.")
    held = seen().race_runs(found.id) if found else []
    if words := deletion_words("This race", held):
        st.info(words)
    going_on = any(run.state in UNFINISHED for run in held)
    st.fragment(_live, run_every=tick(going_on=going_on))(found, going_on=going_on)


@store_errors_in_words()
def _live(found: HeldRace | None, *, going_on: bool) -> None:
    tell_refusal()
    if found is None:
        live_curve([], key="curve", alt="Race: none yet.", empty=EMPTY, height=HEIGHT, axes=AXES["By step"])
        return
    if links.read(links.RACE) != found.id:
        st.rerun()  # a button of this part of the page has closed it
    held = seen().race_runs(found.id)
    told = _told(found.race, held)
    _headline(found)
    if interruption := interruption_words(found.race, held):
        st.warning(plain(interruption), title="Interrupted")
    with status_place():
        _status(found, held, told)
    judged = verdict(found.race, held)
    _verdict(judged, held)
    _chart(found, held, told)
    if judged.notes:
        st.warning(plain(" ".join(judged.notes)))
    st.caption(plain(_notes(found.race, judged.rule)))
    race_why(found.race, held)
    _contenders(found.race, held)
    if going_on and all(run.state in ENDED for run in held):
        st.rerun()  # the whole page once more, so that the ticking ends


def _headline(found: HeldRace) -> None:
    words, new = st.columns([5, 1], vertical_alignment="center")
    whose = by_words(found.owner, others())
    said = [f"**{plain(found.race.question)}**", plain(whose and f"({whose})"), plain(terms_words(found.race))]
    words.markdown(" ".join(filter(None, said)))
    with new:
        new_button(links.RACE)


def _notes(race: Race, rule: str) -> str:
    start = SAME if len(race.contenders) > 1 else APART
    along = AXIS_NOTES.get(race_state.remembered().axis)
    return " ".join(filter(None, [rule, start, BAND, along]))


def _told(race: Race, held: Sequence[Run]) -> Told:
    looks = race_state.remembered()
    events = {run.id: event_cache().events(run.id) for run in held if run.num_events}
    place = place_in_queue(held)
    return race_told(
        race, held, events, position=place, starts_in=turn_in(place), axis=looks.axis, singles=looks.shows_seeds
    )


def _watch(found: HeldRace, told: Told) -> Watch | None:
    looks = race_state.remembered()
    return watch_told(told, watch_address("race", found.id, axis=looks.axis, singles=looks.shows_seeds))


def _status(found: HeldRace, held: Sequence[Run], told: Told) -> None:
    named = group_state(held)
    if named not in GOING_ON:
        _ended(named)
        return
    how_far, watch = Progress(told.share, told.words), _watch(found, told)
    stop, end_now = acting().cancel_race, acting().end_race_now
    group_progress("race", found.id, held, how_far, stop=stop, end_now=end_now, watch=watch)


def _ended(named: str) -> None:
    """Say how a race ended; what came of it the verdict says."""
    if named == "finished":
        st.success("Finished.")
    elif named == "cancelled":
        st.info("Stopped. What was measured is kept.")
    elif named == "failed":
        st.error("Not all contenders finished; the reasons stand below.", title="A contender failed")


def _verdict(judged: RaceVerdict, held: Sequence[Run]) -> None:
    """Say who is ahead, once there are figures to compare."""
    with verdict_place():
        if judged.kind != "nothing" or all(run.state in ENDED for run in held):
            st.markdown(f"##### {plain(judged.words)}")
        else:
            st.caption(NO_VERDICT)


def _chart(found: HeldRace, held: Sequence[Run], told: Told) -> None:
    looks = race_state.remembered()
    with st.container(horizontal=True, vertical_alignment="center", key="curve_looks"):
        st.segmented_control(
            "Along",
            list(AXES),
            required=True,
            label_visibility="collapsed",
            **keyed_default("race_axis", looks.axis, race_state.look_along),
        )
        if found.race.seeds > 1:
            st.toggle("Every seed", **keyed_value("shows_seeds", looks.shows_seeds, race_state.show_seeds))
    live_curve(
        told.series,
        key="curve",
        alt=told.alt,
        empty=WAITING.get(group_state(held), "No step was measured."),
        height=HEIGHT,
        axes=AXES[looks.axis],
        watch=_watch(found, told),
    )


def _contenders(race: Race, held: Sequence[Run]) -> None:
    row_table(contenders_table(race, held), title="Contenders", selected=None, key="contenders", on_select=_ignore)
    with st.container(horizontal=True):
        for run in held[: len(race.contenders)]:
            _ways_on(race.contenders[run.lane], run)
        _side_by_side(held)
        _where_they_differ(held)
    first, *others = (contender.architecture for contender in race.contenders)
    if len(others) == 1 and others[0] != first:
        with st.expander("Their layers, row by row"):
            table = compared(trace(first), trace(others[0]))
            row_table(table, title="Both stacks", selected=None, key="race_layers", on_select=_ignore)


def _ways_on(contender: Contender, run: Run) -> None:
    """Lead to a contender's layers, and to what happens inside its first run."""
    if st.button(f"Open {plain(contender.label)} in Explore", key=f"open_{run.lane}"):
        links.to_explore(contender.architecture).follow()
    if st.button(f"Inside {plain(contender.label)}'s run", key=f"inside_{run.lane}", disabled=not run.step):
        links.to_run(state.session().design, run.id).follow()


def _side_by_side(held: Sequence[Run]) -> None:
    """Lead to what the first contender's network makes of a picture, with the second's of the same seed below it."""
    first, second = held[0], next((run for run in held[1:] if run.heat == held[0].heat), None)
    if not runs().weights(first.id).exists():
        return
    label = "Look inside, side by side" if second else "Look inside"
    if st.button(label, key="look_inside"):
        shown = of_picture(0, other=second.id if second else "")
        links.to_inside(first.job.architecture, first.id, shown).follow()


def _where_they_differ(held: Sequence[Run]) -> None:
    """Lead to the test pictures that one of the first two runs gets right and the other does not."""
    pair = held[:2]
    if len(pair) < 2:  # the others were deleted
        return
    untested = any(run.test_accuracy is None for run in pair)
    label, which = ("Where they differ", "first seed") if pair[0].heat == pair[1].heat else TWO_SEEDS
    if st.button(label, key="differ", disabled=untested, help=f"The test pictures, {which}."):
        links.to_mistakes(state.session().design, pair[0].id, against=pair[1].id).follow()


def _ignore(_: int) -> None:
    """Do nothing: a row of these tables leads nowhere."""
