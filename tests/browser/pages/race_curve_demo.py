"""A race's curve at its fullest: six contenders, two seeds over and drawn as bands, the third growing by the click."""

import math

import streamlit as st

from explorer.architecture.presets import PRESETS
from explorer.experiments.race.race import Contender, Race
from explorer.runs.store.rows import Run
from explorer.training.events import Epoch, Event, Started, Step
from explorer.training.recipe.recipe import Recipe
from explorer.ui.components.live_curve import live_curve
from explorer.views.race.race_curves import AXES, race_series

AXIS = "By step"
STEPS_PER_EPOCH = 20
LABELS = ("Sigmoid", "ReLU", "Tanh", "GELU", "ELU", "SiLU")
RACE = Race(
    question="Which activation?",
    contenders=tuple(Contender(label, PRESETS["lenet-d2l"].architecture, Recipe()) for label in LABELS),
    seeds=3,
)


@st.cache_resource
def shared_events() -> dict[str, list[Event]]:
    started = Started("cpu", "fashion-mnist-subset", 6_000, 1_000, 61_706, 1_200, STEPS_PER_EPOCH)
    events: dict[str, list[Event]] = {run.id: [started] for run in runs()}
    for run in runs():
        if run.heat < RACE.seeds - 1:
            grow(events[run.id], run, to=1_200)
    return events


def runs() -> list[Run]:
    return [
        Run(
            id=f"{heat}{lane}",
            owner="",
            state="finished" if heat < RACE.seeds - 1 else "running",
            name="",
            dataset="",
            job_json="",
            wanted_device="",
            created=0.0,
            race="r",
            heat=heat,
            lane=lane,
        )
        for heat in range(RACE.seeds)
        for lane in range(len(LABELS))
    ]


def grow(events: list[Event], run: Run, *, to: int) -> None:
    done = sum(isinstance(event, Step) for event in events)
    for step in range(done + 1, to + 1):
        events += events_of(run, step=step)


def events_of(run: Run, *, step: int) -> list[Event]:
    epoch = step / STEPS_PER_EPOCH
    noise = 0.05 * math.sin(step * (1.7 + run.heat + run.lane / 7))
    loss = 0.4 + 1.9 * math.exp(-(1 + run.lane) * step / 800) + noise
    figures = Step(step, epoch, step / 10, loss, 1 - loss / 2.6, 20_000.0)
    if step % STEPS_PER_EPOCH:
        return [figures]
    return [figures, Epoch(step, epoch, step / 10, loss, 1 - loss / 2.6, loss + 0.08, 0.97 - loss / 2.6)]


@st.fragment
def curve() -> None:
    left, right = st.columns(2)
    all_runs, events = runs(), shared_events()
    live = [run for run in all_runs if run.state == "running"]
    if left.button("Grow by 10"):
        to = 10 + max(event.step for event in (Step(0, 0, 0, 0, 0, 0), *events[live[0].id]) if isinstance(event, Step))
        for run in live:
            grow(events[run.id], run, to=to)
    series = race_series(RACE, all_runs, events, axis=AXIS, singles=right.toggle("Every seed"))
    grown = max(len(line.x) for line in series if f"/{live[0].id}/" in line.key)
    live_curve(series, key="curve", alt="Loss and accuracy", empty="Nothing yet.", height=390, axes=AXES[AXIS])
    st.text(f"{grown} points")


st.title("Race curve")
curve()
