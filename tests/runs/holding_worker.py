"""The real worker, which holds each new run after its first step, so that no computer is too quick for a test."""

from collections.abc import Iterator

from explorer.runs.messages import Train
from explorer.runs.worker import Loop, serve, warm_up
from explorer.training.control import Control
from explorer.training.events import Signal, Step
from explorer.training.together import Team


def prepare() -> Loop:
    loop = warm_up()

    def holding(order: Train, control: Control, team: Team | None) -> Iterator[Signal]:
        for event in loop.train(order, control, team):
            if isinstance(event, Step) and event.step == 1:
                control.pause()
            yield event

    return Loop(holding, loop.teams)


if __name__ == "__main__":
    serve(prepare)
