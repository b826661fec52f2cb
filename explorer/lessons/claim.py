"""A claim of a text, the readings it can have, and the verdict that the program's own trace gives.

The figures that a claim names are the text's; those they are held against come from `trace`, never from here.
"""

from collections.abc import Callable
from enum import Enum

import msgspec

from explorer.architecture.spec import Architecture
from explorer.architecture.trace import LayerRow, Trace, trace


class Verdict(Enum):
    """What a claim can be; the value is the word that a person chooses."""

    TRUE = "True"
    FALSE = "False"
    ONLY_IF = "Only if"


class Evidence(msgspec.Struct, frozen=True):
    """One thing that was looked up: the sum and what the trace gives, and what the claim says of it.

    `sum` is written with digits and `+ - * / //` and gives `found`; it is empty where there is nothing to add up. With
    `holds` None the evidence explains and does not decide.
    """

    what: str
    found: int | str
    sum: str = ""
    claimed: str = ""
    holds: bool | None = None
    remark: str = ""


class Reading(msgspec.Struct, frozen=True):
    """One way to read a claim: of which networks, and what to look up in their traces."""

    label: str
    designs: tuple[Architecture, ...]
    look_up: Callable[..., tuple[Evidence, ...]]  # one trace for each design


class Claim(msgspec.Struct, frozen=True):
    """A claim: where it stands, its words and a title for a list, and what decides it.

    A trace decides the readings. `source` names what else the verdict rests on; where there is no reading, `stated` is
    what that source says.
    """

    text: str
    title: str
    words: str
    because: str
    readings: tuple[Reading, ...] = ()
    source: str = ""
    stated: Verdict | None = None
    shown: Architecture | None = None  # the network to open, if it is not the first reading's

    @property
    def design(self) -> Architecture:
        """Give the network that the claim is about."""
        return self.shown or self.readings[0].designs[0]


class Finding(msgspec.Struct, frozen=True):
    """What came of one reading."""

    label: str
    evidence: tuple[Evidence, ...]
    holds: bool


class Decision(msgspec.Struct, frozen=True):
    """The verdict on a claim, and the findings that it follows from; none where a source decides."""

    verdict: Verdict
    findings: tuple[Finding, ...]


def decide(claim: Claim) -> Decision:
    """Trace the networks of each reading: true if all readings hold, false if none does, else true only if one does."""
    if claim.stated is not None:
        return Decision(claim.stated, ())
    findings = tuple(map(_find, claim.readings))
    return Decision(_verdict([finding.holds for finding in findings]), findings)


def _find(reading: Reading) -> Finding:
    evidence = reading.look_up(*map(trace, reading.designs))
    return Finding(reading.label, evidence, all(part.holds is not False for part in evidence))


def _verdict(holds: list[bool]) -> Verdict:
    if all(holds):
        return Verdict.TRUE
    return Verdict.ONLY_IF if any(holds) else Verdict.FALSE


def about(value: int, claimed: int, *, step: int) -> bool:
    """Tell whether a round figure, known to `step`, is the exact one cut off or rounded there."""
    return claimed in (value // step * step, round(value / step) * step)


def row(trace: Trace, name: str) -> LayerRow:
    """Find a layer by its name, such as `conv1`; it must be in the trace."""
    return next(row for row in trace.rows if row.name == name)
