"""What the link says of the Mistakes page: which run, beside which other, and which of their pictures."""

from explorer.ui.base import links


def set_against(run_id: str | None) -> None:
    """Set a run beside the first, or none."""
    links.write_all({links.AGAINST: run_id, links.SHOW: None})


def close() -> None:
    """Leave the runs, for the list of them."""
    links.write_all({links.RUN: None, links.AGAINST: None, links.SHOW: None})


def shown() -> str:
    """Give the name of the pictures that the link asks for; empty for those that are shown first."""
    return links.read(links.SHOW) or ""


def show(name: str | None) -> None:
    """Show other pictures, and name them in the link, so that a classmate sees the same ones."""
    links.write(links.SHOW, name)
