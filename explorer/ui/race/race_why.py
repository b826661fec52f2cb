"""Why one contender of a race learns and another does not: what gradient their layers get, side by side."""

from collections.abc import Sequence

import streamlit as st

from explorer.experiments.race.race import Race
from explorer.runs.store.rows import Run
from explorer.training.events import Probe
from explorer.ui.base.server import event_cache
from explorer.ui.components.figure import figure
from explorer.views.common.words import plain
from explorer.views.probes import probe_figures, probe_words
from explorer.views.probes.probes import place_of, probes_of

HEIGHT = 260  # px
ABREAST = 3  # contenders in words beside each other


def race_why(race: Race, held: Sequence[Run]) -> None:
    """Show the gradients of the first seed's contenders after as many steps, once each was looked into."""
    names = [contender.label for contender in race.contenders]
    looked = [probes_of(event_cache().events(run.id)) for run in held[: len(names)]]
    if not all(looked):
        return
    step = min(probes[-1].step for probes in looked)
    shown = {name: _after(probes, step) for name, probes in zip(names, looked, strict=True)}
    title = "Why: the gradients" if len(names) > 1 else "Its gradients"
    st.markdown(f"##### {title} after step {step:,}, first seed")
    _words(shown)
    said = " ".join(f"{name}: {probe_words.gradient_words(probe)}" for name, probe in shown.items())
    figure(probe_figures.gradients_side_by_side(shown), key="race_gradients", alt=said, height=HEIGHT)


def _after(probes: Sequence[Probe], step: int) -> Probe:
    return probes[place_of(probes, step)]


def _words(shown: dict[str, Probe]) -> None:
    for place, (name, probe) in enumerate(shown.items()):
        if place % ABREAST == 0:
            columns = st.columns(min(ABREAST, len(shown)))
        with columns[place % ABREAST]:
            st.markdown(f"**{plain(name)}: {probe_words.gradient_words(probe)}** {probe_words.why_words(probe)}")
            stuck = f"{probe_words.stuck_title(probe)}: {probe_words.stuck_words(probe)}"
            st.caption(f"{stuck} {probe_words.movement_words(probe)}")
