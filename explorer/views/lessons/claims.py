"""Claims in words: the list with what one guessed, and the sums that decide a claim, typeset."""

from collections.abc import Iterator, Mapping

from explorer.lessons.claim import Decision, Evidence, Finding, Verdict
from explorer.lessons.claims import CLAIMS, decision
from explorer.views.common.formula import thousands, typeset
from explorer.views.common.palette import FALSE_WORDS, ONLY_IF_WORDS, TRUE_WORDS
from explorer.views.common.table import Table, TableCell, TableRow

NAMES = list(CLAIMS)
COLOURS = {Verdict.TRUE: TRUE_WORDS, Verdict.FALSE: FALSE_WORDS, Verdict.ONLY_IF: ONLY_IF_WORDS}
AGREES = {True: f":{TRUE_WORDS}[**agrees**]", False: f":{FALSE_WORDS}[**differs**]"}
MEANINGS = {
    Verdict.TRUE: "It is true.",
    Verdict.FALSE: "It is false.",
    Verdict.ONLY_IF: "It is true only in one reading.",
}


def claims_table(guesses: Mapping[str, Verdict]) -> Table:
    """List all claims with what came of one's guesses; a row's index is its place in `NAMES`."""
    rows = [
        TableRow(index, str(index + 1), CLAIMS[name].title, [TableCell(_came_of(name, guesses))])
        for index, name in enumerate(NAMES)
    ]
    return Table(["No.", "Claim", "You"], rows, [])


def _came_of(name: str, guesses: Mapping[str, Verdict]) -> str:
    if name not in guesses:
        return ""
    return "right" if guesses[name] is decision(name).verdict else "wrong"


def score(guesses: Mapping[str, Verdict]) -> str:
    """Say how many guesses were right: `7 of 12 right`."""
    right = sum(decision(name).verdict is guess for name, guess in guesses.items())
    return f"{right} of {len(guesses)} right" if guesses else "No guess yet"


def verdict_words(decided: Decision, guess: Verdict) -> str:
    """Say the verdict, and whether the guess was it, in Markdown."""
    verdict = decided.verdict
    right = "which is right" if guess is verdict else "which it is not"
    return f":{COLOURS[verdict]}[**{MEANINGS[verdict]}**] You said “{guess.value}”, {right}."


def sums(decided: Decision) -> str:
    """Lay out what was looked up, and what the claim says of it, in Markdown with LaTeX."""
    return "\n\n".join(paragraph for finding in decided.findings for paragraph in _finding(finding))


def _finding(finding: Finding) -> Iterator[str]:
    if finding.label:
        yield f"**With {finding.label}: {'holds' if finding.holds else 'does not hold'}**"
    yield from map(_evidence, finding.evidence)


def _evidence(evidence: Evidence) -> str:
    remark = f" ({evidence.remark})" if evidence.remark else ""
    said = "" if evidence.holds is None else f" · claimed {evidence.claimed}: {AGREES[evidence.holds]}"
    return f"{evidence.what}: {_worked_out(evidence)}{remark}{said}"


def _worked_out(evidence: Evidence) -> str:
    if isinstance(evidence.found, str):
        return f"**{evidence.found}**"
    left = f"{typeset(evidence.sum)} = " if evidence.sum else ""
    return rf"${left}\mathbf{{{thousands(evidence.found)}}}$"


def decided_by(name: str) -> str:
    """Say what the verdict rests on: the trace, a source, or a source whose network is traced."""
    claim = CLAIMS[name]
    if not claim.source:
        return "Decided by this program's own trace of the network."
    if claim.readings:
        return f"Decided by {claim.source}; the sums are the trace's."
    return f"No trace can decide this. Decided by {claim.source}."
