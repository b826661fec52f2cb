"""What the next race is: the question, who races, over how many seeds and on which terms; and the button."""

from functools import partial

import streamlit as st

from explorer.architecture.trace import trace
from explorer.experiments.race.questions import OTHER_RATE, QUESTIONS, SIGMOID_RATE
from explorer.experiments.race.race import MAX_CONTENDERS, SEEDS, Race
from explorer.experiments.race.setup import RaceSetup, asks_for, chosen, epochs, offers_own_rates, rate
from explorer.lessons.course.locks import RACE
from explorer.runs.scheduler.allocations import fitting
from explorer.training.recipe.recipe import BOUNDS
from explorer.ui.base import links, state
from explorer.ui.base.fields import edit_field
from explorer.ui.base.inputs import keyed_default, keyed_option
from explorer.ui.base.number_field import wrong_fields
from explorer.ui.base.server import allocations
from explorer.ui.common.group_progress import beside
from explorer.ui.common.known_speed import known_speed
from explorer.ui.common.network_summary import network_summary
from explorer.ui.common.start_button import start_button
from explorer.ui.race import race_state
from explorer.ui.race.race_start import next_race, start_here
from explorer.views.common.words import plain
from explorer.views.race.race import difference_words, race_cost_words
from explorer.views.runs.run_words import recipe_words

RATE_HELP = (
    f"Sigmoid wants about {SIGMOID_RATE:g} with SGD, as in Dive into Deep Learning, the others about {OTHER_RATE:g}. "
    "With the same rate only one thing differs; with its own, each shows what it can."
)


def race_form() -> None:
    """Show the next race, ready to start, and all that can be chosen about it."""
    if links.read(links.RACE):
        st.caption("The next race; the one that is open may have other settings.")
    traced = trace(state.session().design)
    network_summary(traced)
    race, cause = next_race()
    fields = _typed()
    start_button("Race", traced, cause, start_here, key="race", icon=":material/flag:", fields=fields)
    if race and not cause and not wrong_fields(fields):
        _cost(race)
    if race:
        _difference(race)
    setup = race_state.remembered().setup
    _question(setup)
    _choices(setup)
    _terms(setup)
    if race:
        first = race.contenders[0]
        words = f"{first.label} trains with: {recipe_words(first.recipe)}. The Train page has the rest of it."
        st.caption(plain(words))


def _typed() -> dict[str, float | None]:
    """Give the numbers that the form has fields for, by their labels."""
    setup, recipe = race_state.remembered().setup, state.session().recipe
    values: dict[str, float | None] = {"epochs": epochs(setup, recipe), "learning_rate": rate(setup, recipe)}
    return {name: value for name, value in values.items() if asks_for(name, setup, recipe)}


def _cost(race: Race) -> None:
    """Say what the race will take, where that is known."""
    found = fitting(allocations(), race.contenders[0].recipe.device)
    abreast = min(len(found), len(race.contenders) * race.seeds)
    speed = known_speed(found[0], abreast=abreast) if found else None
    st.caption(race_cost_words(race, speed, abreast=abreast, beside=beside(found)))


def _difference(race: Race) -> None:
    first, *others = race.contenders
    differ = {other.label: f"against {first.label}: {difference_words(first, other)}" for other in others}
    lines = [f"- **{plain(label)}** {plain(words)}" for label, words in differ.items()]
    if lines:
        st.markdown("\n".join(lines))


def _question(setup: RaceSetup) -> None:
    keyed = keyed_option("race_question", setup.question, race_state.ask, options=QUESTIONS)
    fixed = _is_fixed("question")
    st.selectbox("What differs", format_func=lambda name: QUESTIONS[name].title, disabled=fixed, **keyed)


def _is_fixed(field: str) -> bool:
    """Say whether the step of a lesson fixes what a person chooses for a race."""
    return state.session().locks.fixes(RACE, field)


def _choices(setup: RaceSetup) -> None:
    session = state.session()
    offered = QUESTIONS[setup.question].choices(session.design)
    if len(offered) < 2:
        return
    racing = list(chosen(setup, session.design, session.recipe))
    st.pills(
        f"Who races (2 to {MAX_CONTENDERS})",
        offered,
        selection_mode="multi",
        wrap=True,
        disabled=_is_fixed("choices"),
        **keyed_default("race_choices", racing, _choose_contenders),
    )


def _choose_contenders(labels: list[str]) -> None:
    race_state.choose("choices", tuple(labels))


def _terms(setup: RaceSetup) -> None:
    recipe = state.session().recipe
    st.segmented_control(
        "Seeds",
        SEEDS,
        required=True,
        help="Each seed is a race of its own, with other first weights and another order of pictures.",
        disabled=_is_fixed("seeds"),
        **keyed_default("race_seeds", setup.seeds, partial(race_state.choose, "seeds")),
    )
    if offers_own_rates(setup, recipe):
        _rates(setup)
    left, right = st.columns(2)
    with left:
        if asks_for("epochs", setup, recipe):
            kind, fixed = BOUNDS["epochs"], _is_fixed("epochs")
            edit_field("epochs", epochs(setup, recipe), kind, on_change=race_state.choose, disabled=fixed)
    with right:
        if asks_for("learning_rate", setup, recipe):
            shared = rate(setup, recipe)
            kind, fixed = BOUNDS["learning_rate"], _is_fixed("rate")
            edit_field("learning_rate", shared, kind, on_change=_choose_rate, disabled=fixed)


def _choose_rate(_: str, value: float) -> None:
    race_state.choose("rate", value)


def _rates(setup: RaceSetup) -> None:
    words = {False: "The same for all", True: "Each its own"}
    st.segmented_control(
        "Learning rate",
        list(words),
        required=True,
        format_func=words.__getitem__,
        help=RATE_HELP,
        disabled=_is_fixed("own_rates"),
        **keyed_default("race_rates", setup.own_rates, partial(race_state.choose, "own_rates")),
    )
