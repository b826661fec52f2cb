"""Numbers as the screen writes them: `61,706`, `938 M`, `0.24 MB`."""

import math
import re

MEGA = 1_000_000
FROM_HUGE = 99.9995  # a loss with three decimals would be longer than six characters
NONE = "none"
UNKNOWN = "—"  # in the place of a figure that there is not
MOST_ID = 40  # letters of what a link names that are shown: more than any name of a run, a race or a sweep has
MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$:])")
# Markdown makes links of what looks like an address, emoji of :words: and arrows of signs, also where the signs are
# escaped; a character of no width between them keeps it from that.
JOINER = "\u2060"
SEEMS_MORE = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=[-<>~])(?=[-=>])", re.IGNORECASE)
# Characters that are not seen, and reorder, hide or part what stands beside them. Those that join letters and signs
# are at home in some scripts and in emoji; beside ASCII they are there to deceive.
DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
UNSEEN = (
    f"{DIRECTION}\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065"
    "\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
APART, TOGETHER = "\u2068", "\u2069"  # around what keeps its direction to itself
SEEN = f"[^\x00-\x7f{UNSEEN}]"  # a letter or sign beyond ASCII
HIDDEN = re.compile(rf"{APART}[^{DIRECTION}]*{TOGETHER}|(?P<home>(?<={SEEN})[\u200c\u200d](?={SEEN}))|[{UNSEEN}]")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


def number(value: int) -> str:
    """Write a count in full, its thousands apart: `61,706`."""
    return f"{value:,}"


def short(value: int) -> str:
    """Write a count in at most four digits and its unit: `938 M`, `416,520` below a million."""
    for size, unit in ((10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M")):
        if value >= size:
            return f"{value / size:.4g} {unit}"
    return number(value)


def megabytes(count: int) -> str:
    """Write bytes in MB (a million bytes): `0.24 MB`, `187 MB`; a few of them in kB."""
    megas = count / MEGA
    if megas < 0.01:
        return f"{count / 1_000:.3g} kB"
    return f"{megas:,.0f} MB" if megas >= 100 else f"{megas:.3g} MB"


def loss(value: float) -> str:
    """Write a loss in at most six characters, as far as a network's floats go: `2.305`, and a huge one `6.7e28`."""
    if abs(value) < FROM_HUGE or not math.isfinite(value):
        return f"{value:.3f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def value(setting: object) -> str:
    """Write a setting's value: `0.1`, `1,024`, `yes`, `none`."""
    if setting is None:
        return NONE
    if isinstance(setting, bool):
        return "yes" if setting else "no"
    if isinstance(setting, float):
        return f"{setting:g}"
    return number(setting) if isinstance(setting, int) else str(setting)


def shown(text: str) -> str:
    """Show what a person typed as it is: marks that are not seen are written out, as in `[U+202E]`.

    Letters that run from right to left keep to themselves, and do not reorder what stands beside them.
    """
    seen = HIDDEN.sub(_written_out, text)
    return f"{APART}{seen}{TOGETHER}" if RIGHT_TO_LEFT.search(seen) and APART not in seen else seen


def _written_out(found: re.Match[str]) -> str:
    """Write a mark out, unless it is at home where it stands, or keeps apart what an earlier call of `shown` did."""
    mark = found[0]
    if len(mark) > 1:
        return f"{APART}{HIDDEN.sub(_written_out, mark[1:-1])}{TOGETHER}"
    return found["home"] or f"[U+{ord(mark):04X}]"


def plain(text: str) -> str:
    """Keep Markdown from reading signs of its own in what a person typed, and show that as it is."""
    return MARKUP.sub(r"\\\1", SEEMS_MORE.sub(JOINER, shown(text)))


def named(text: str) -> str:
    """Write what a link names, which can be anything: on one line, cut where it is long, and kept from Markdown."""
    line = " ".join(text[: MOST_ID + 1].split())
    return plain(line if len(text) <= MOST_ID else line[:MOST_ID].rstrip() + "…")
