"""A round's counts as bars, for the elements of desk and projector alike: what their scripts and styles begin with."""

from pathlib import Path

TALLY_JS, TALLY_CSS = (Path(__file__).with_name(f"tally.{kind}").read_text("utf-8") for kind in ("js", "css"))
