"""A live curve whose runs grow by the click, shared by all browsers of one `?test=`: `&runs=2` overlays two.

`&epoch=2` makes its epochs two steps long, not a hundred.
"""

import math

import streamlit as st

from explorer.training.events import Epoch, Event, Step
from explorer.ui.components.live_curve import live_curve
from explorer.views.runs.curves import Series, curve_series

COLORS = {"sigmoid": "#0072B2", "ReLU": "#D55E00"}


def steps_per_epoch() -> int:
    return int(st.query_params.get("epoch", "100"))


@st.cache_resource
def runs_of(test: str) -> dict[str, list[Event]]:  # the cache gives each test its own
    return {name: [] for name in COLORS}


def shared_runs() -> dict[str, list[Event]]:
    return runs_of(st.query_params["test"])


def grow(steps: int) -> None:
    for events, speed in zip(shared_runs().values(), (1.0, 2.5), strict=True):
        done = sum(isinstance(event, Step) for event in events)
        for step in range(done + 1, done + steps + 1):
            events.extend(events_of(step=step, speed=speed))


def events_of(*, step: int, speed: float) -> list[Event]:
    epoch = step / steps_per_epoch()
    loss = 0.4 + 1.9 * math.exp(-speed * step / 400) + 0.05 * math.sin(step * 1.7)
    figures = Step(step, epoch, step / 10, loss, 1 - loss / 2.6, 20_000.0)
    if step % steps_per_epoch():
        return [figures]
    test = Epoch(step, epoch, step / 10, loss, 1 - loss / 2.6, loss + 0.08, 0.97 - loss / 2.6)
    return [figures, test]


def diverge(loss: float) -> None:
    events = shared_runs()["sigmoid"]
    done = sum(isinstance(event, Step) for event in events)
    events.append(Step(done + 1, (done + 1) / steps_per_epoch(), 1.0, loss, 0.1, 20_000.0))


def lines() -> list[Series]:
    runs = shared_runs()
    if st.query_params.get("runs") != "2":
        return curve_series(runs["sigmoid"], run_id="sigmoid")
    return [
        line
        for name, color in COLORS.items()
        for line in curve_series(runs[name], run_id=name, name=name, train_color=color, test_color=color)
    ]


@st.fragment
def curve() -> None:
    left, middle, huge, right, far_right = st.columns(5)
    if left.button("Grow by 50"):
        grow(50)
    if middle.button("Diverge"):
        diverge(math.nan)
    if huge.button("Blow up"):
        diverge(8e13)
    if right.button("Start again"):
        for events in shared_runs().values():
            events.clear()
    if far_right.toggle("Show", value=True):
        series = lines()
        words = f"{max(len(line.x) for line in series)} points"
        live_curve(series, key="curve", alt=f"Loss and accuracy: {words}", empty="Press Train: the loss draws here.")
        st.text(words)


st.title("Live curve")
curve()
