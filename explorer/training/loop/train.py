"""The training loop: a job in, events out.

`train` is a generator that knows no screen, and no disk beyond its data set and what was measured of this computer.
Whoever iterates over it decides how fast it runs and when it stops: closing it ends the run.
"""

import math
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from itertools import islice

import torch
from torch import Tensor

from explorer.data.datasets import DataError
from explorer.training.cost.way import way_here
from explorer.training.environment import environment
from explorer.training.errors import DivergedError, TrainingError
from explorer.training.events import Epoch, Evaluating, Event, Failed, Finished, Started, Way
from explorer.training.loop.batches import draw_orders
from explorer.training.loop.capture import Stepper, Take, make_stepper
from explorer.training.loop.control import Control
from explorer.training.loop.divergence import explain
from explorer.training.loop.evaluate import Tested, evaluate
from explorer.training.loop.meter import Clock, Meter
from explorer.training.loop.parts import Parts
from explorer.training.loop.prepare import PreparedRun, prepare
from explorer.training.loop.probes import Prober
from explorer.training.loop.run_state import RunState
from explorer.training.loop.snapshot import Snapshot
from explorer.training.loop.step import take_step
from explorer.training.memory_reuse import reuse_memory
from explorer.training.recipe.devices import describe, find_device
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.threads import Threads

ReadSnapshot = Callable[[], Snapshot]


def train(
    job: Job, *, control: Control | None = None, resume: ReadSnapshot | None = None, way: Way | None = None
) -> Iterator[Event]:
    """Train a job's network and tell how it goes.

    The events are `Started`; `Step`s, each the mean of the steps since the one before; `Probe`s of the network, the
    first before any step; after every epoch, `Evaluating` as signs of life and one `Epoch`; and at the end `Finished`.
    A job that cannot be trained ends with `Failed`.
    `control` is asked between two steps, and within a test whether the run stops. `resume` reads where it goes on, as
    if it had never stopped there.
    A step is computed by `way`, or as is usual on this computer; a run that goes on keeps its own. The same job gives
    the same numbers on the same device: bit for bit on a CPU that computes them in the same way, closely on a GPU.
    """
    reuse_memory()
    clock = Clock()
    try:
        yield from _in_turns(_events(job, clock, control or Control(), resume, way), clock, seed=job.recipe.seed)
    except (TrainingError, DataError) as error:
        yield Failed(cause=str(error))
    except torch.OutOfMemoryError:
        yield Failed(
            cause=f"The device ran out of memory. Choose a smaller batch_size than {job.recipe.batch_size:,}, "
            "or a smaller network."
        )


def _in_turns(events: Iterator[Event], clock: Clock, *, seed: int) -> Iterator[Event]:
    """Give this run random numbers, threads and time of its own, whatever those do that it takes turns with."""
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        state = torch.get_rng_state()
    threads = others = torch.get_num_threads()
    while True:
        with torch.random.fork_rng(devices=()):
            torch.set_rng_state(state)
            torch.set_num_threads(threads)
            clock.go_on()
            event = next(events, None)
            clock.stop()
            state, threads = torch.get_rng_state(), torch.get_num_threads()
            torch.set_num_threads(others)
        if event is None:
            return
        yield event


def _events(job: Job, clock: Clock, control: Control, resume: ReadSnapshot | None, way: Way | None) -> Iterator[Event]:
    begin = resume() if resume else None
    run = prepare(job, _way(job, begin, way))
    torch.set_num_threads(run.way.threads)
    yield Started(
        device=describe(run.device),
        dataset=run.recipe.dataset,
        train_size=run.train_size,
        test_size=len(run.test_labels),
        num_params=sum(param.numel() for param in run.network.parameters()),
        num_steps=run.num_steps,
        steps_per_epoch=run.steps_per_epoch,
        environment=environment(run.recipe.dataset, run.way),
    )
    meter = Meter(num_steps=run.num_steps, steps_per_epoch=run.steps_per_epoch, clock=clock)
    between = RunState(run, meter, clock, control, learning_rate=run.recipe.learning_rate)
    prober = Prober(run)
    try:
        if begin:
            between.begin(begin)
            begin = None  # as large as the run
        else:
            yield from _look(between, prober)
        yield from _epochs(between, prober, make_stepper(run, _take(run, control)))
    except DivergedError as broken:
        yield Failed(cause=explain(run, prober, step=broken.step, learning_rate=between.learning_rate))


def _way(job: Job, begin: Snapshot | None, way: Way | None) -> Way:
    """Choose how the run's steps are computed: a GPU takes them whole."""
    if find_device(job.recipe.device).type != "cpu":
        return Way()
    kept = begin.place.way if begin else None
    return kept or way or way_here(job)


def _threads(run: PreparedRun, control: Control) -> Threads:
    """Give the threads that compute what is tested: a GPU is asked by one."""
    return control.threads if run.device.type == "cpu" else Threads(1)


def _take(run: PreparedRun, control: Control) -> Take:
    return partial(take_step, run) if run.way.parts == 1 else Parts(run, control.threads).take


def _epochs(between: RunState, prober: Prober, stepper: Stepper) -> Iterator[Event]:
    run, meter, clock = between.run, between.meter, between.clock
    orders = _orders(run, meter.step)
    while _owes_test(between) or (meter.step < run.num_steps and not _is_over(run, clock)):
        if not _owes_test(between):
            yield from _pass(next(orders), between, prober, stepper)
        if between.is_stopped:
            return
        if meter.step == run.num_steps or _is_over(run, clock):
            yield from meter.read_rest()
        accuracy = yield from _test(between)
        if accuracy is None:
            return
        if _is_reached(run.recipe, accuracy):
            yield from meter.read_rest()
            yield from between.end()
            yield Finished(reason="target_accuracy", seconds=clock.seconds())
            return
    yield from between.end()
    reason = "epochs" if meter.step == run.num_steps else "max_seconds"
    yield Finished(reason=reason, seconds=clock.seconds())


def _orders(run: PreparedRun, step: int) -> Iterator[tuple[Tensor, ...]]:
    """Give each epoch's batches, as numbers of pictures; the first ones are those that are left after so many steps."""
    done, begun = divmod(step, run.steps_per_epoch)
    orders = draw_orders(len(run.train_labels), train_size=run.train_size, seed=run.recipe.seed)
    for order in islice(orders, done, None):
        yield torch.split(order.to(run.device), run.recipe.batch_size)[begun:]
        begun = 0


def _owes_test(between: RunState) -> bool:
    """Say whether steps wait for the test after them: also where a run goes on that was stopped within one."""
    run, meter = between.run, between.meter
    is_at_end = meter.step % run.steps_per_epoch == 0 or _is_over(run, between.clock)
    return is_at_end and meter.sums()[1].pictures > 0


def _is_over(run: PreparedRun, clock: Clock) -> bool:
    limit = run.recipe.max_seconds
    return limit is not None and clock.seconds() >= limit


def _is_reached(recipe: Recipe, accuracy: float) -> bool:
    return recipe.target_accuracy is not None and accuracy >= recipe.target_accuracy


def _pass(batches: tuple[Tensor, ...], between: RunState, prober: Prober, stepper: Stepper) -> Iterator[Event]:
    """Take the steps of one epoch, or of what the time limit leaves of it."""
    run, meter, clock = between.run, between.meter, between.clock
    for picked in batches:
        yield from between.attend()
        if between.is_stopped:
            break
        between.begin_step()
        meter.begin_step()
        prober.begin_step(meter.step + 1, is_single=between.control.is_paused)
        loss, hits = stepper.take(picked)
        meter.end_step(loss, hits, len(picked))
        yield from stepper.tell_refusal(meter.step)
        if prober.is_due(meter.step):
            yield from meter.read()  # the steps up to here come first, and the probe's time is none of theirs
            yield from _look(between, prober)
        if meter.is_due():
            yield from meter.read()
        if _is_over(run, clock):
            break
    yield from meter.read()


def _look(between: RunState, prober: Prober) -> Iterator[Event]:
    """Look inside the network as it is now, and keep its weights to look again."""
    yield from prober.probe(between.meter.step)
    yield from between.keep_weights(looks=prober.looks)


def _test(between: RunState) -> Generator[Event, None, float | None]:
    """Measure the test pictures and tell it; gives their accuracy, or None where the run was stopped meanwhile."""
    run, meter, clock = between.run, between.meter, between.clock
    tested = yield from _unless_stopped(
        evaluate(
            run.network,
            run.test_images,
            run.test_labels,
            input_shape=run.input_shape,
            chunk=run.test_chunk,
            threads=_threads(run, between.control),
        ),
        between.control,
    )
    if tested is None:
        yield from between.stop()
        return None
    train_loss, train_accuracy = meter.take_epoch()
    if not math.isfinite(tested.loss):
        raise DivergedError(meter.step)
    yield Epoch(
        step=meter.step,
        epoch=meter.step / run.steps_per_epoch,
        seconds=clock.seconds(),
        train_loss=train_loss,
        train_accuracy=train_accuracy,
        test_loss=tested.loss,
        test_accuracy=tested.accuracy,
    )
    yield from between.take_answers(tested.answers)
    return tested.accuracy


def _unless_stopped(
    signs: Generator[Evaluating, None, Tested], control: Control
) -> Generator[Event, None, Tested | None]:
    """Give what a test finds, or None where it is stopped: one that ends before its next sign of life ends anyway."""
    with closing(signs):
        while True:
            try:
                sign = next(signs)
            except StopIteration as end:
                found: Tested = end.value
                return found
            if control.is_stopped:
                return None
            yield sign
