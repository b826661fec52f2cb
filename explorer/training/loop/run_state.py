"""What a run does between two steps, where somebody asked for it or a snapshot is due."""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.data.datasets import DATASETS
from explorer.training.answers.answers import Answers
from explorer.training.environment import data_checksum
from explorer.training.events import Event, LearningRate, Paused, Resumed
from explorer.training.loop.control import Control
from explorer.training.loop.meter import Clock, Meter
from explorer.training.loop.prepare import PreparedRun
from explorer.training.loop.snapshot import Snapshot, put_back, take
from explorer.training.recipe.optimizers import set_learning_rate


@dataclass
class RunState:
    """The time between the steps of one run."""

    run: PreparedRun
    meter: Meter
    clock: Clock
    control: Control
    learning_rate: float  # the recipe's, or what it was changed to
    was_held: bool = False  # at the last step
    is_stopped: bool = False  # the run takes no step any more, as it was asked

    def begin(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot; raises `TrainingError` where it is another run's."""
        put_back(snapshot, self.run, self.meter, self.clock)
        self.learning_rate = snapshot.place.learning_rate
        set_learning_rate(self.run.optimizer, self.learning_rate)

    def attend(self) -> Iterator[Event]:
        """Do what was asked for since the last step; while the run is held, tell `Paused` each time."""
        yield from self._change_rate()
        held = self.control.is_held
        yield from self._hold() if held else self._keep_if_due()
        self.was_held = held and self.control.is_paused
        if self.control.is_stopped:
            yield from self.stop()
        elif held and not self.control.is_paused:
            yield Resumed(step=self.meter.step)

    def stop(self) -> Iterator[Event]:
        """Take no step any more, and keep how the run stands, so that it can go on from here."""
        self.is_stopped = True
        yield from self.meter.show_rest()
        yield from self._keep(at_once=True)
        yield from self._keep_answers()

    def begin_step(self) -> None:
        """Set the next step's learning rate."""
        self.control.begin_step()
        if self.run.schedule:
            share = self.learning_rate / self.run.recipe.learning_rate
            set_learning_rate(self.run.optimizer, self.run.schedule(self.meter.step) * share)

    def take_answers(self, answers: Answers) -> Iterator[Event]:
        """Take what was just answered to the test pictures."""
        keeper, dataset = self.control.answer_keeper, self.run.recipe.dataset
        if keeper:
            yield from keeper.take(
                answers,
                step=self.meter.step,
                dataset=dataset,
                data_sha256=data_checksum(dataset),
                classes=DATASETS[dataset].classes,
            )

    def keep_weights(self, *, looks: int) -> Iterator[Event]:
        """Keep the weights as they are, to look inside with."""
        if keeper := self.control.weight_keeper:
            yield from keeper.keep(self.run.network, step=self.meter.step, looks=looks)

    def end(self) -> Iterator[Event]:
        """Keep how the run ended."""
        yield from self._keep_answers()
        if self.control.keeper:
            yield from self.meter.read_rest()
            yield from self.control.keeper.keep(self._snapshot())

    def _hold(self) -> Iterator[Event]:
        yield from self.meter.show_rest()
        yield from self._keep(at_once=not self.was_held)
        yield from self._keep_answers()
        while self.control.is_held:
            yield Paused(step=self.meter.step)
            yield from self._change_rate_for_good()

    def _keep_if_due(self) -> Iterator[Event]:
        keeper = self.control.keeper
        if keeper and keeper.is_due() and not self.control.is_stopped:
            yield from self.meter.read()
            yield from keeper.keep(self._snapshot())

    def _change_rate(self) -> Iterator[Event]:
        asked = self.control.take_rate()
        if asked is not None and asked != self.learning_rate:
            self.learning_rate = asked
            set_learning_rate(self.run.optimizer, asked)
            step = self.meter.step
            yield LearningRate(step=step, epoch=step / self.run.steps_per_epoch, learning_rate=asked)

    def _change_rate_for_good(self) -> Iterator[Event]:
        """Change the rate of a run that is held, and keep that: it may go on from here in another process."""
        before = self.learning_rate
        yield from self._change_rate()
        if self.learning_rate != before:
            yield from self._keep(at_once=True)

    def _keep(self, *, at_once: bool) -> Iterator[Event]:
        """Keep how the run stands, at once or unless somebody would have to wait for it."""
        keeper = self.control.keeper
        if keeper is None:
            return
        snapshot = self._snapshot()
        if at_once or keeper.is_quick(snapshot) or keeper.is_due():
            yield from keeper.keep(snapshot)

    def _keep_answers(self) -> Iterator[Event]:
        if self.control.answer_keeper:
            yield from self.control.answer_keeper.keep()

    def _snapshot(self) -> Snapshot:
        return take(self.run, self.meter, self.clock, learning_rate=self.learning_rate)
