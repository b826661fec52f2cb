"""Checks the reader of programs against torch: `python -m tests.exchange.networks.check_programs --programs 10000`.

Each program is drawn in random idioms, run in real torch in a process of its own, and read: both must say the same, row
by row, and make the same of pictures. `--mutants 100000` also damages programs, a word deleted, doubled, exchanged or
changed: none may crash the reader or take long, and where it gives a table, torch must give the same.
"""

import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import click

from explorer.architecture.errors import DesignError
from explorer.architecture.spec import Architecture, to_json
from explorer.architecture.trace import Trace, trace
from explorer.exchange.networks.reader import read_python
from tests.exchange.networks.random_programs import Program, random_program
from tests.exchange.networks.witness import Row, Shape, rows_of

EVERY = 500  # programs between two lines of progress
LONGEST = 0.5  # seconds of a processor that reading may take; the first needs more, for what torch loads
WORD = re.compile(r"\w+|[^\w\s]|\s+")
NOTHING = Architecture(name="nothing", input_shape=(1, 1, 1), layers=())
NUMBERS = ["0", "1", "2", "3", "-1", "7", "1.5", "None", "True", "x", "self", "999"]


class Said(NamedTuple):
    """What torch says of a program: its rows, and whether a design makes the same of pictures; or an error's name."""

    rows: list[Row]
    is_same: bool
    error: str


class Torch:
    """A process that runs programs in real torch; it is begun anew where one ends it."""

    def __init__(self) -> None:
        self.process = self._begin()

    @staticmethod
    def _begin() -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.exchange.networks.witness"]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)

    def run(self, text: str, shape: Shape, design: Architecture) -> Said:
        """Give what torch says of a program on pictures of a size, against a design."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps([text, shape, to_json(design)]) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
        except (ValueError, BrokenPipeError):
            self.close()
            self.process = self._begin()
            answer = "the process's end"
        if isinstance(answer, str):
            return Said([], False, answer)
        rows, is_same = answer
        return Said([Row(kind, tuple(size), count) for kind, size, count in rows], is_same, "")

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()


def read(text: str, shape: Shape | None = None) -> Trace | str:
    """Give a program's table, or the words of its refusal; anything else that happens is a fault."""
    try:
        return trace(read_python(text, shape).architecture)  # type: ignore[arg-type]
    except DesignError as error:
        return str(error)


def fault_of_program(program: Program, torch: Torch) -> str:
    """Say what is wrong with what the reader says of a program; nothing if all agrees."""
    traced = read(program.text, program.shape)
    if isinstance(traced, str):
        said = torch.run(program.text, program.shape, NOTHING)
        return "" if said.error else f"refused: {traced}"
    return _difference(traced, torch.run(program.text, program.shape, traced.architecture))


def _difference(traced: Trace, said: Said) -> str:
    if said.error:
        return "" if traced.error else f"opened, where torch gives {said.error}"
    if traced.error:
        return f"does not fit: {traced.error.cause}"
    if said.rows != rows_of(traced):
        return f"rows {rows_of(traced)}, torch's {said.rows}"
    return "" if said.is_same else "other numbers come out than of torch"


def mutant(program: Program, draw: random.Random) -> str:
    """Damage a program in one to three places."""
    text = program.text
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        text = draw.choice([_other_number, _other_number, _other_line, _other_word])(text, draw)
    return text


def _other_number(text: str, draw: random.Random) -> str:
    found = list(re.finditer(r"\b\d+\b", text))
    if not found:
        return text
    place = draw.choice(found)
    return f"{text[: place.start()]}{draw.choice(NUMBERS)}{text[place.end() :]}"


def _other_line(text: str, draw: random.Random) -> str:
    lines = text.split("\n")
    place, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    moved = {0: [], 1: [lines[place]] * 2, 2: [lines[place], lines[other]], 3: [f"    {lines[place]}"]}
    lines[place : place + 1] = moved[draw.randrange(4)]
    return "\n".join(lines)


def _other_word(text: str, draw: random.Random) -> str:
    words = WORD.findall(text)
    said = [place for place, word in enumerate(words) if word.strip()]
    place, other = draw.choice(said), draw.choice(said)
    change = draw.randrange(4)
    if change == 0:
        words[place] = ""
    elif change == 1:
        words[place] *= 2
    elif change == 2:
        words[place], words[other] = words[other], words[place]
    else:
        words[place] = words[other]
    return "".join(words)


def faults_of_mutant(text: str, torch: Torch, counts: Counter[str]) -> Iterator[str]:
    """Say what is wrong with what the reader does with a damaged program."""
    try:
        traced = read(text)
    except Exception as error:  # noqa: BLE001  # a crash is what is looked for
        yield f"a crash: {error!r}"
        return
    if isinstance(traced, str):
        counts["refused"] += 1
        return
    counts["misfits" if traced.error else "opened"] += 1
    if traced.error:
        return
    said = torch.run(text, traced.architecture.input_shape, traced.architecture)
    if said.error:
        counts[f"opened, {said.error} of torch"] += 1
    elif _has_more(said.rows, rows_of(traced)):
        counts["opened, with a layer whose result nothing takes"] += 1
    elif difference := _difference(traced, said):
        yield difference


def slowness(text: str) -> Iterator[str]:
    """Say how long a text takes to read, if that is too long also a second time: the first may have met other work."""
    took = min(_seconds(text) for _ in range(2))
    if took > LONGEST:
        yield f"{took:.2f} s"


def _seconds(text: str) -> float:
    start = time.process_time()
    with suppress(Exception):  # a crash is told by itself
        read(text)
    return time.process_time() - start


def _has_more(theirs: list[Row], ours: list[Row]) -> bool:
    """Tell whether all our rows are among torch's in their order, and others between them."""
    rest = iter(theirs)
    return len(theirs) > len(ours) and all(row in rest for row in ours)


@click.command()
@click.option("--programs", default=200, help="How many programs.", show_default=True)
@click.option("--mutants", default=0, help="How many damaged programs.", show_default=True)
@click.option("--first", default=0, help="The first program's seed.", show_default=True)
def main(programs: int, mutants: int, first: int) -> None:
    """Check random programs and damaged ones; each fault is printed, and the exit code is 1 if there is one."""
    torch, faults, counts = Torch(), 0, Counter[str]()
    read(random_program(first).text)
    for done in range(max(programs, mutants)):
        program, draw = random_program(first + done), random.Random(first + done)
        found = [(program.text, fault_of_program(program, torch))] if done < programs else []
        if done < mutants:
            damaged = mutant(program, draw)
            found += [(damaged, fault) for fault in (*faults_of_mutant(damaged, torch, counts), *slowness(damaged))]
        for text, fault in found:
            if fault:
                faults += 1
                click.echo(f"Seed {first + done}: {fault}\n{text}\n")
        if (done + 1) % EVERY == 0:
            click.echo(f"{done + 1:,} programs, {faults} faults, mutants: {dict(counts)}")
    torch.close()
    click.echo(f"{faults} faults in {programs:,} programs and {mutants:,} mutants: {dict(counts)}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
