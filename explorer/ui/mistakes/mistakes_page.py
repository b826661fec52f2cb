"""From the link to what runs got wrong: the list of runs, the chosen ones, or why there is nothing to show yet."""

from functools import partial

import streamlit as st

from explorer.experiments.race.race import Contender
from explorer.runs.store.rows import UNFINISHED, Run
from explorer.training.answers.answer_file import AnswersError, Kept, read
from explorer.training.events import AnswersNotKept
from explorer.ui.base import links
from explorer.ui.base.attempt import attempt
from explorer.ui.base.inputs import keyed_option
from explorer.ui.base.server import event_cache, launching, runs, seen, store_errors_in_words
from explorer.ui.common.group_progress import place_in_queue, turn_in
from explorer.ui.common.notices import notices
from explorer.ui.common.run_choice import run_choice
from explorer.ui.common.run_names import called, described, full_name
from explorer.ui.mistakes import mistakes_state
from explorer.ui.mistakes.mistakes_pair import two_runs
from explorer.ui.mistakes.mistakes_view import one_run
from explorer.views.common.words import named, plain
from explorer.views.mistakes.mistakes import absence_words, end_words, two_names
from explorer.views.race.race import difference_words
from explorer.views.runs.fairness import unfairness
from explorer.views.runs.history import deletion_words, run_title
from explorer.views.runs.run_words import made_words, status

LISTED = 100  # of the last runs
TICK = 1.0  # seconds between two looks at a run that goes on
CHOOSE = "Choose a run: its confusion matrix opens, and the pictures behind each number."
EMPTY = (
    "No run here has answers to its test pictures yet. Train a network, and once it has ended its confusion matrix and "
    "its worst mistakes stand here."
)


def mistakes_page(run_id: str | None, against: str | None) -> None:
    """Show what the link asks for: one run, two side by side, or the runs to choose from."""
    notices()
    first, second = _find(run_id), _find(against) if against != run_id else None
    if first is None:
        _list()
        return
    _headline(first, second)
    _deletions(first, second)
    waiting = [each for each in (first, second) if each and each.state in UNFINISHED]
    if waiting:
        st.fragment(_wait, run_every=TICK)(waiting[0].id)
        return
    kept = _read(first)
    if second is None:
        if kept:
            one_run(kept)
        return
    also = _read(second)
    if kept and also:
        names = two_names(called(first), called(second))
        two_runs(kept, also, names, unfair=unfairness({names[0]: first, names[1]: second}))


def _find(run_id: str | None) -> Run | None:
    found = seen().run(run_id) if run_id else None
    if run_id and found is None:
        st.warning(f"There is no run {named(run_id)} on this server. It may have been launched on another one.")
    if found and not found.is_readable:
        st.error(plain(f"{run_title(found)}: {found.cause}"), title="The run cannot be read")
        return None
    return found


def _with_answers(dataset: str | None = None) -> list[Run]:
    """List the last runs that have answers to look at, of all data sets or of one."""
    found = runs().store.list_runs(LISTED)
    return [run for run in found if dataset in (None, run.dataset) and runs().answers(run.id).exists()]


def _list() -> None:
    st.subheader("What did it get wrong?")
    found = [run for run in _with_answers() if run.state not in UNFINISHED]
    run_choice(found, title="Runs with answers", words=CHOOSE, empty=EMPTY, key="answered_runs")


def _headline(first: Run, second: Run | None) -> None:
    words, beside, other = st.columns([5, 4, 2], vertical_alignment="bottom")
    with words:
        name = full_name(first)
        st.markdown(f"{'A: ' * bool(second)}**{plain(name)}** · {plain(made_words(first))}")
        if second:
            differs = difference_words(_contender(first), _contender(second))
            st.markdown(f"B: **{plain(full_name(second))}** · {plain(differs)}")
    with beside:
        _beside(first, second)
    other.button("All runs", key="all_runs", width="stretch", on_click=mistakes_state.close)


def _deletions(first: Run, second: Run | None) -> None:
    shown = {"Run A": first, "Run B": second} if second else {"This run": first}
    for what, run in shown.items():
        if words := deletion_words(what, [run]):
            st.info(words)


def _beside(first: Run, second: Run | None) -> None:
    """Choose a run on the same pictures to compare with."""
    others = {run.id: run for run in _with_answers(first.dataset) if run.id != first.id}
    if second:
        others[second.id] = second
    shown = second.id if second else None
    st.selectbox(
        "Compare with",
        format_func=lambda run: described(others[run]),
        placeholder="another run" if others else "no other run on these pictures",
        disabled=not others,
        **keyed_option("against", shown, mistakes_state.set_against, options=others),
    )


def _contender(run: Run) -> Contender:
    return Contender(called(run), run.job.architecture, run.job.recipe)


@store_errors_in_words()
def _wait(run_id: str) -> None:
    """Show how far a run is, and the whole page once it has ended."""
    found = seen().run(run_id)
    if found is None or found.state not in UNFINISHED:
        st.rerun()
    place = place_in_queue([found])
    how_far = status(found, event_cache().events(found.id), position=place, starts_in=turn_in(place))
    st.progress(how_far.share, text=how_far.words)
    st.info(plain(absence_words(found, None)))


def _read(run: Run) -> Kept | None:
    """Read a run's answers; where there are none, say why and offer to run it again."""
    path = runs().answers(run.id)
    if not path.exists():
        st.info(plain(absence_words(run, _cause(run))), title=f"{plain(called(run))}: no answers to look at")
    else:
        try:
            kept = read(path, run_id=run.id)
            if early := end_words(run):
                st.warning(plain(early))
            return kept
        except AnswersError as error:
            st.error(plain(str(error)), title=f"{plain(called(run))}: its answers cannot be read")
    if run.imported:
        return None
    reason, again = runs().read_only, partial(_run_again, run)
    key = f"again_{run.id}"
    st.button("Run it again", key=key, disabled=reason is not None, help=reason, on_click=attempt, args=(again,))
    return None


def _cause(run: Run) -> str | None:
    refused = [event.cause for event in event_cache().events(run.id) if isinstance(event, AnswersNotKept)]
    return refused[-1] if refused else None


def _run_again(run: Run) -> None:
    launched = launching().submit(run.job)
    if links.read(links.AGAINST) == run.id:
        mistakes_state.set_against(launched)
    else:
        links.write(links.RUN, launched)
