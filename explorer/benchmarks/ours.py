"""The program's own loop as it is measured: whole runs, with their probes and without, and runs of a few steps."""

import time
from collections.abc import Iterator
from unittest import mock

import msgspec

from explorer.benchmarks.contests import Contest
from explorer.training.events import Epoch, Event, Failed, Probe, Started, Step, to_lines
from explorer.training.loop.probes import Prober
from explorer.training.loop.train import train
from explorer.training.recipe.probe_steps import is_probed, spacing
from explorer.training.recipe.recipe import Job


class Spent(msgspec.Struct):
    """Where the seconds of a run went; tests of the network are left out."""

    training: float = 0.0
    probing: float = 0.0
    pictures: int = 0
    steps: int = 0
    probes: int = 0
    probed: int = 0  # pictures of a probe

    @property
    def speed(self) -> float:
        """Pictures a second, with the probes."""
        return self.pictures / (self.training + self.probing)


def our_speeds(contest: Contest) -> dict[str, float]:
    """Train with the program's own loop, each event encoded as JSON; gives pictures a second of each way to do it."""
    if contest.is_short:
        return _few_steps(contest)
    ours, default = spend(contest.job()).speed, spend(contest.default_job()).speed
    with no_probes():
        return {"ours": ours, "default_run": default, "without_probes": spend(contest.default_job()).speed}


def _few_steps(contest: Contest) -> dict[str, float]:
    """Measure some steps and some probes, and work out a whole run of them: it would take an hour."""
    spent, job = spend(contest.job()), contest.default_job()
    alone = spent.pictures / spent.training
    steps, probes = _counts(job, spent)
    seconds = steps * spent.training / spent.steps + probes * spent.probing / spent.probes
    pictures = steps * spent.pictures / spent.steps
    return {"ours": alone, "default_run": pictures / seconds, "without_probes": alone}


def _counts(job: Job, spent: Spent) -> tuple[int, int]:
    """Count the steps and the probes of a whole run."""
    started = next(event for event in train(job) if isinstance(event, Started))
    wide = spacing(started.num_steps, pictures=spent.probed, batch_size=job.recipe.batch_size)
    due = [is_probed(step, num_steps=started.num_steps, spacing=wide) for step in range(started.num_steps + 1)]
    return started.num_steps, sum(due)


def no_probes() -> "mock._patch[type[Prober]]":
    """Leave the probes out of runs; there is no setting for it."""
    return mock.patch.multiple(Prober, is_due=lambda _self, _step: False, probe=lambda _self, _step: iter(()))


def spend(job: Job) -> Spent:
    """Train a job and say where its seconds went; raises `RuntimeError` for one that fails."""
    spent, last = Spent(), time.perf_counter()
    for event in _encoded(train(job)):
        now = time.perf_counter()
        match event:
            case Failed():
                raise RuntimeError(event.cause)
            case Started():
                spent.pictures, spent.steps = event.train_size * job.recipe.epochs, event.num_steps
            case Step():
                spent.training += now - last
            case Probe():
                spent.probing += now - last
                spent.probes, spent.probed = spent.probes + 1, event.pictures
            case Epoch():
                pass  # the time before it is the test's
        last = now
    return spent


def _encoded(events: Iterator[Event]) -> Iterator[Event]:
    for event in events:
        list(to_lines([event]))
        yield event
