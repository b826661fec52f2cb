"""`python -m explorer backup` and `restore`: the database of all runs as one file, and back into its place."""

from pathlib import Path

import click

from explorer.data.home import explorer_home

FAILED = 1


@click.command(short_help="Copy all runs to one file.")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(ctx: click.Context, /, *, file: Path | None) -> None:
    """Copy the database of all runs to FILE, or among the backups of the folder, of which the last seven are kept.

    A server may run and train meanwhile. The files of runs (checkpoints, answers) are not among it. The exit code is
    0 if the copy is whole, 1 if it could not be made.
    """
    from explorer.runs.store.backups import back_up  # noqa: PLC0415  # brings torch
    from explorer.runs.store.database import StoreError  # noqa: PLC0415

    try:
        click.echo(back_up(explorer_home() / "runs.sqlite", file))
    except StoreError as error:
        click.echo(f"Error: {error}", err=True)
        ctx.exit(FAILED)


@click.command(short_help="Put a backup in the place of all runs.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def restore(ctx: click.Context, /, *, file: Path) -> None:
    """Put FILE, which `backup` wrote, in the place of the database of all runs; that stays beside it.

    No server may have the folder. The exit code is 0 if it was done, 1 if not, with nothing changed.
    """
    from explorer.runs.scheduler.folder_lock import hold  # noqa: PLC0415  # brings torch
    from explorer.runs.store.backups import restore as put_back  # noqa: PLC0415
    from explorer.runs.store.database import StoreError  # noqa: PLC0415

    try:
        with hold(explorer_home()):
            aside = put_back(explorer_home() / "runs.sqlite", file)
    except StoreError as error:
        click.echo(f"Error: {error}", err=True)
        ctx.exit(FAILED)
    click.echo(f"All runs are those of {file}." + (f" Those before lie in {aside}." if aside else ""))
