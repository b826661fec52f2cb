"""What of a person's goes on, at the top of every page; and what a page shows that is entered by the menu."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
import streamlit as st

from explorer.runs.store.database import StoreError
from explorer.runs.store.reader import Reader
from explorer.ui.base import links, state
from explorer.ui.base.address import RACE, RUN, SWEEP
from explorer.ui.base.menu import Page
from explorer.ui.base.server import person, runs
from explorer.ui.components.going_on import going_on_strip
from explorer.views.runs.going_on import GoingOn
from explorer.web.watching.goings_on import ends_of, now_going_on

# What one line takes, for pages whose height is full, and how small their drawings get before they scroll.
ROOM = "<style>:root { --strip: 2.55rem; --least-scale: 0.86 }</style>"
OPENS = {Page.TRAIN: RUN, Page.RACE: RACE, Page.SWEEP: SWEEP}  # what a page shows one of


@dataclass
class Strip:
    """What the strip shows: what ends there stays until another page is entered, so that nothing moves by itself."""

    visit: int = 0
    entries: dict[str, GoingOn] = field(default_factory=dict)  # by their ids


def going_on(page: Page) -> None:
    """Show what goes on of this person's, if anything does; what was clicked there opens."""
    place = st.container(key="goes_on")  # also while it is empty, so that what stands below keeps its place
    here = links.read(OPENS[page]) if page in OPENS else None
    # To open the runs takes all cores, which a server's first page needs.
    entries = _elsewhere(_entries() if runs.made else (), here)
    if entries:
        with place:
            st.html(ROOM)
            going_on_strip(entries, here=here, on_open=state.want)
    if wanted := state.take_wanted():
        _open(wanted, entries)


def _elsewhere(entries: tuple[GoingOn, ...], here: str | None) -> tuple[GoingOn, ...]:
    """Leave out what the page itself shows, and add what has ended since the page was entered."""
    strip, visit = state.session().slice_of(Strip), state.session().address.visits
    before = strip.entries if strip.visit == visit else {}
    going = {entry.id for entry in entries}
    ended = _ends_of(old for old in before.values() if old.id not in going)
    shown = tuple(entry for entry in (*entries, *ended) if entry.id != here)
    strip.visit, strip.entries = visit, {entry.id: entry for entry in shown}
    return shown


def _ends_of(gone: Iterable[GoingOn]) -> tuple[GoingOn, ...]:
    entries = tuple(gone)
    with suppress(StoreError):
        return ends_of(entries) if entries else ()
    return tuple(msgspec.structs.replace(entry, words="It has ended.", ended=True) for entry in entries)


def _entries() -> tuple[GoingOn, ...]:
    with suppress(StoreError):  # the pages that need the runs say it
        return now_going_on(person().id)
    return ()


def _open(wanted: str, entries: tuple[GoingOn, ...]) -> None:
    entry = next((entry for entry in entries if entry.id == wanted), None)
    if entry:
        page = next(page for page, parameter in OPENS.items() if parameter == entry.kind)
        links.to_page(page, state.session().design, **{entry.kind: entry.id}).follow()


def show_latest(page: Page) -> None:
    """Show on a page that was entered by the menu what goes on of its kind, else what it showed last, if that is there.

    The address names it from then on; no step of a person's, it makes no entry for Back.
    """
    if page not in OPENS:
        return
    parameter, last = OPENS[page], state.session().last_shown.get(OPENS[page])
    mine = [entry.id for entry in _entries() if entry.kind == parameter]
    found = last if last in mine else next(iter(mine), None)
    with suppress(StoreError):
        if found is None and last is not None and _is_there(runs().store, parameter, last):
            found = last
    state.session().address.show({parameter: found})


def _is_there(store: Reader, kind: str, name: str) -> bool:
    held = store.race_runs(name) if kind == RACE else store.sweep_runs(name)
    if kind == RUN:
        held = [run for run in [store.run(name)] if run]
    return any(run.deleted is None for run in held)


def remember_shown(page: Page) -> None:
    """Remember what a page shows, for when it is entered by the menu again."""
    if page in OPENS and (shown := links.read(OPENS[page])):
        state.session().last_shown[OPENS[page]] = shown
