"""From the link to the inside of a run's network; without a run, those that one can look into."""

from collections.abc import Iterable, Sequence

import streamlit as st

from explorer.data.datasets import DataError, find_info
from explorer.looking.moving import Shifts
from explorer.looking.own_picture import own_pictures
from explorer.runs.store.rows import UNFINISHED, Run
from explorer.training.errors import TrainingError
from explorer.ui.base import links
from explorer.ui.base.server import event_cache, runs, seen, store_errors_in_words
from explorer.ui.common.run_choice import run_choice
from explorer.ui.common.run_names import full_name
from explorer.ui.inside.inside_view import Around, inside_view
from explorer.views.common.words import named, plain
from explorer.views.inside.layers import UNTRAINED, Beside, Inside, inside_of, untrained
from explorer.views.inside.shown import Shown, beside_in, from_link, to_link
from explorer.views.probes.probes import probes_of
from explorer.views.runs.history import deletion_words, run_title
from explorer.views.runs.run_words import made_words
from explorer.web.looking.look_address import look_address
from explorer.web.looking.looked import check_size, filter_steps_of, is_small, shifts_of, steps_of, test_pictures
from explorer.web.looking.subject import TooLargeError

LISTED = 100  # of the last runs
TICK = 2.0  # seconds between two looks at a run that goes on
EMPTY = "No run here has kept its weights yet. Train a network: from its first step on one can look into it here."
CHOOSE = "Choose a run: its network opens, from the picture to the answer."
GONE = "These weights made room for those of newer runs. Open their file again on the Explore page."
NOTHING = "This run kept no weights to look into. Train it again: from its first step on they are kept."


def inside_page(run_id: str | None, *, is_presented: bool) -> None:
    """Show the network of a run from the inside; presented, without what is chosen beforehand."""
    run = seen().run(run_id) if run_id else None
    if run_id and run is None:
        st.warning(f"There is no run {named(run_id)} on this server. It may have been launched on another one.")
    if run is None:
        _list()
    elif not run.is_readable:
        st.error(plain(f"{run_title(run)}: {run.cause}"), title="The run cannot be read")
    else:
        _headline(run, leads_back=not is_presented)
        if words := deletion_words("This run", [run]):
            st.info(words)
        tick = TICK if run.state in UNFINISHED else None
        st.fragment(_look, run_every=tick)(run.id, is_presented=is_presented)


def _list() -> None:
    st.subheader("What does it see?")
    found = [run for run in runs().store.list_runs(LISTED) if run.is_readable and runs().weights(run.id).exists()]
    run_choice(found, title="Runs with weights", words=CHOOSE, empty=EMPTY, key="weighed_runs")


def _headline(run: Run, *, leads_back: bool) -> None:
    words, other = st.columns([9, 2], vertical_alignment="center") if leads_back else (st.container(), None)
    words.markdown(f"**{plain(full_name(run))}** · {plain(made_words(run))}")
    if other:
        back = {links.RUN: None, links.SHOW: None}
        other.button("All runs", key="all_runs", width="stretch", on_click=links.write_all, args=(back,))


@store_errors_in_words()
def _look(run_id: str, *, is_presented: bool) -> None:
    run = seen().run(run_id)
    if run is None:
        return
    try:
        check_size(run.job.architecture)
        steps, labels = steps_of(run), test_pictures(run.dataset).labels.tolist()
    except TooLargeError as error:
        st.info(plain(str(error)))
        return
    except (TrainingError, DataError) as error:
        st.error(plain(str(error)), title="One cannot look into this run")
        return
    if not steps:
        st.info(_nothing_words(run))
        return
    info = find_info(run.dataset)
    inside = _inside(run, steps)
    linked = links.read(links.SHOW)
    names, others = [layer.name for layer in inside.layers], _others(run, inside, beside_in(linked))
    ids = [other.id for other in others]
    shown = from_link(linked, pictures=len(labels), steps=steps, layers=names, others=ids)
    own = own_pictures(run.dataset, info.image_shape[0])
    small = is_small(run.job.architecture)
    filters = () if small else filter_steps_of(run.id, _first_with_weights(inside))
    shifts = _shifts({run.id, *(other.run for other in others)})
    around = Around(full_name(run), look_address(run.id), labels, own, others, is_presented, small, filters, shifts)
    inside_view(inside, shown, around, on_choose=_keep)


def _nothing_words(run: Run) -> str:
    if run.imported:
        return GONE
    return NOTHING if run.state not in UNFINISHED else "The first look inside comes with the first step."


def _shifts(run_ids: Iterable[str]) -> dict[str, Shifts | None]:
    found = (seen().run(run_id) for run_id in run_ids)
    return {look_address(run.id): shifts_of(run.job.architecture) for run in found if run}


def _first_with_weights(inside: Inside) -> str:
    return next((layer.name for layer in inside.layers if layer.weights), "")


def _others(run: Run, inside: Inside, linked: str) -> list[Beside]:
    """List what may stand beside a run's network: itself before its first step, its contenders, and what is linked."""
    found = [Beside(UNTRAINED, run.id, "before the first step", untrained(inside))] if inside.steps[0] == 0 else []
    held = [other for other in seen().race_runs(run.race) if other.heat == run.heat] if run.race else []
    if linked not in {UNTRAINED, *(other.id for other in held)} and (other := seen().run(linked)):
        held.append(other)
    fitting = (other for other in held if other.id != run.id and other.dataset == run.dataset)
    return found + [_beside(other) for other in fitting if _opens(other)]


def _opens(run: Run) -> bool:
    """Say whether one can look into a contender's network."""
    if not run.is_readable or run.deleted is not None:
        return False
    try:
        check_size(run.job.architecture)
        return bool(steps_of(run))
    except (TooLargeError, TrainingError):
        return False


def _beside(run: Run) -> Beside:
    return Beside(run.id, run.id, full_name(run), _inside(run, steps_of(run)))


def _inside(run: Run, steps: Sequence[int]) -> Inside:
    """Lay out a run's network; the one moment of imported weights has no number."""
    probes, classes = probes_of(event_cache().events(run.id)), find_info(run.dataset).classes
    inside = inside_of(run.job.architecture, steps, probes, classes)
    return inside._replace(moments=["Imported"] * len(steps)) if run.imported else inside


def _keep(shown: Shown) -> None:
    links.write(links.SHOW, to_link(shown))
