"""`python -m explorer forget` and `export`: what is kept of one person of a class, removed or written into a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.data.home import explorer_home

if TYPE_CHECKING:
    from explorer.runs.access.forgetting import Forgotten

FAILED = 1


@click.command(short_help="Remove all that is kept of a person.")
@click.argument("person")
@click.pass_context
def forget(ctx: click.Context, /, *, person: str) -> None:
    """Remove all that is kept of PERSON, an id or a nickname that only one has, and say what that was.

    That is their runs, races and sweeps with all files, what they did in rooms, and their nickname; in the log the
    lines stay without them. A new backup takes the place of the older ones, which hold the person. A server may run
    meanwhile. The exit code is 0 if all was removed, 1 if not: the same command goes on where it was.
    """
    from explorer.runs.access.forgetting import forget as remove  # noqa: PLC0415  # brings torch
    from explorer.runs.access.known_persons import find_person  # noqa: PLC0415
    from explorer.runs.store.database import StoreError  # noqa: PLC0415
    from explorer.views.common.words import shown  # noqa: PLC0415

    try:
        found = find_person(explorer_home(), person)
        forgotten = remove(explorer_home(), found.id)
    except StoreError as error:
        click.echo(f"Error: {shown(str(error))}", err=True)
        ctx.exit(FAILED)
    click.echo(shown(f"Forgotten: {found.words}."))
    click.echo(_words(forgotten))


def _words(gone: "Forgotten") -> str:
    removed = (
        f"Removed: {_count(gone.num_runs, 'run')}, {_count(gone.num_groups, 'race or sweep', 'races and sweeps')}, "
        f"{_count(gone.num_files, 'file')}, {_count(gone.num_in_rooms, 'act in a room', 'acts in rooms')}. "
        f"{_count(gone.num_lines, 'line')} of the log "
        f"{'stays' if gone.num_lines == 1 else 'stay'} without the person."
    )
    backups = f"A new backup is {gone.backup}; {_count(gone.num_backups, 'older one')} with the person went."
    elsewhere = "Copies that somebody put elsewhere are not among it."
    aside = ", ".join(path.name for path in gone.set_aside)
    lies = f" These were set aside and can still hold the person; delete them by hand: {aside}." if aside else ""
    return f"{removed}\n{backups} {elsewhere}{lies}"


def _count(count: int, one: str, several: str | None = None) -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"


@click.command(short_help="Write all that is kept of a person into a file.")
@click.argument("person")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def export(ctx: click.Context, /, *, person: str, file: Path) -> None:
    """Write all that is kept of PERSON, an id or a nickname that only one has, into FILE, a new zip file.

    It says itself what is what, and has nothing that is another's. A server may run meanwhile. The exit code is 0 if
    the file is whole, 1 if it could not be written.
    """
    from explorer.runs.access.export import export_person  # noqa: PLC0415  # brings torch
    from explorer.runs.access.known_persons import find_person  # noqa: PLC0415
    from explorer.runs.store.database import StoreError  # noqa: PLC0415
    from explorer.views.common.words import megabytes, shown  # noqa: PLC0415

    try:
        found = find_person(explorer_home(), person)
        size = export_person(explorer_home(), found, file)
    except StoreError as error:
        click.echo(f"Error: {shown(str(error))}", err=True)
        ctx.exit(FAILED)
    click.echo(shown(f"{file} has all that is kept of {found.words}: {megabytes(size)}."))
