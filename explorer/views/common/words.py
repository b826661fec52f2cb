"""Numbers as the screen writes them: `61,706`, `938 M`, `0.24 MB`."""

import re

MEGA = 1_000_000
NONE = "none"
MOST_ID = 40  # letters of what a link names that are shown: more than any name of a run, a race or a sweep has
MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$:])")


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


def value(setting: object) -> str:
    """Write a setting's value: `0.1`, `1,024`, `yes`, `none`."""
    if setting is None:
        return NONE
    if isinstance(setting, bool):
        return "yes" if setting else "no"
    if isinstance(setting, float):
        return f"{setting:g}"
    return number(setting) if isinstance(setting, int) else str(setting)


def plain(text: str) -> str:
    """Keep Markdown from reading signs of its own in what a person typed."""
    return MARKUP.sub(r"\\\1", text)


def named(text: str) -> str:
    """Write what a link names, which can be anything: on one line, cut where it is long, and kept from Markdown."""
    line = " ".join(text[: MOST_ID + 1].split())
    return plain(line if len(text) <= MOST_ID else line[:MOST_ID].rstrip() + "…")
