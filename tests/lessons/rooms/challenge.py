"""A class at a challenge, played without a page."""

from pathlib import Path

from msgspec.structs import replace

from explorer.architecture.edit import replace_layer
from explorer.architecture.spec import Architecture
from explorer.lessons.course.lesson import named_design, recipe_of
from explorer.lessons.rooms import events
from explorer.lessons.rooms.entering import Entering, own_entries
from explorer.lessons.rooms.entry_runs import Became, EntryRuns
from explorer.lessons.rooms.room import Entry, Room
from explorer.lessons.rooms.rooms import Rooms
from explorer.runs.access.acting import ActingRuns
from explorer.runs.access.person import Person
from explorer.runs.scheduler.server import Runs, open_runs
from explorer.runs.scheduler.worker import Allocation
from tests.lessons.rooms.scene import ANN, BEN, TEACHER

SMALLEST = "smallest"
TEXT = """
minutes = 10
title.en = "Who needs least?"
about.en = "A challenge."

[designs]
tiny = '{"name": "tiny", "input_shape": [1, 28, 28], "layers": [{"kind": "Conv2d", "out_channels": 4, "kernel_size": 7, "stride": 5}, {"kind": "ReLU"}, {"kind": "Flatten"}, {"kind": "Linear", "out_features": 10}]}'

[[steps]]
name = "smallest"
title.en = "Who needs least?"
text.en = "At most 2,000 parameters."
shows = {page = "train", design = "tiny", recipe = {train_size = 96, epochs = 1, batch_size = 32, device = "cpu"}}
lets = ["layers"]
task = {asks = "challenge", until = ["fits", "params <= 2_000"], rank = "params", seeds = 3, seconds = 60}

[[steps]]
name = "end"
title.en = "The end"
text.en = "Look."
shows = {page = "explore"}
task.asks = "reveal"
"""  # noqa: E501  # a design is one line


def tiny(room: Room, *, channels: int = 4, name: str = "tiny") -> Architecture:
    """Give the step's network with so many maps."""
    design = named_design(room.lesson, "tiny")
    return replace(replace_layer(design, 0, replace(design.layers[0], out_channels=channels)), name=name)


def entry(room: Room, *, channels: int = 4, name: str = "tiny", round: int = 1) -> events.Entered:  # noqa: A002
    """Give what a page sends that enters a network."""
    recipe = recipe_of(room.lesson, room.lesson.step(SMALLEST))
    assert recipe
    return events.Entered(SMALLEST, round, tiny(room, channels=channels, name=name), recipe)


class Server:
    """A server with a room at a challenge, with Ann and Ben."""

    def __init__(self, home: Path, *allocations: Allocation, code: str = "", most_entries: int = 10) -> None:
        self.runs: Runs = open_runs(home, allocations=allocations)
        self.rooms = Rooms(self.runs.room_events)
        self.entries = EntryRuns(self.runs.store)
        self._entering = Entering(
            self.rooms,
            self.entries,
            trainer=lambda person: ActingRuns(self.runs, person, None),
            most_entries=lambda: most_entries,
        )
        self.code = code or self.rooms.open(TEACHER, lesson="own", text=TEXT).code
        for person in (ANN, BEN):
            self.rooms.join(self.code, person, person.nickname)

    @property
    def room(self) -> Room:
        return self.rooms.room(self.code)

    def enter(self, person: Person, event: events.Entered) -> Entry:
        """Enter a network, and give the entry that it became."""
        self._entering.enter(self.code, person, event)
        return own_entries(self.room, person, SMALLEST)[-1]

    def became(self, entry: Entry) -> Became:
        self.entries.look([entry])
        return self.entries.of(entry)

    def close(self) -> None:
        self.runs.close()
