"""The real worker, which holds each new run after its first step, so that no computer is too quick for a test."""

from collections.abc import Iterator

from explorer.runs.messages import Train
from explorer.runs.worker.worker import RunJob, serve, warm_up
from explorer.training.events import Event, Step
from explorer.training.loop.control import Control


def prepare() -> RunJob:
    run_job = warm_up()

    def holding(order: Train, control: Control) -> Iterator[Event]:
        for event in run_job(order, control):
            if isinstance(event, Step) and event.step == 1:
                control.pause()
            yield event

    return holding


if __name__ == "__main__":
    serve(prepare)
