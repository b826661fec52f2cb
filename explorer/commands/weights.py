"""`python -m explorer weights`: trained weights from a file, kept as a run that the app shows."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.architecture.spec import Architecture
from explorer.commands.network import RefusedError, read_network

if TYPE_CHECKING:
    from explorer.runs.background.weight_imports import WeightImport
    from explorer.runs.store.rows import ImportedWeights
    from explorer.runs.store.run_files import KeptFiles

REFUSED = 1


@click.command(short_help="Open trained weights as a run.")
@click.argument("network")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dataset", metavar="NAME", help="The data set whose test pictures it answers, if it has its classes.")
@click.pass_context
def weights(ctx: click.Context, /, *, network: str, file: Path, dataset: str | None) -> None:
    """Open the trained weights in FILE, safetensors or as torch.save writes them, for NETWORK; print the run's id.

    Layers are matched by shape and order. The app shows the run, also if it runs already. The exit code is 0 if the
    weights fit, 1 if not or if FILE holds none, 2 if NETWORK or an option was refused.
    """
    architecture = read_network(network)
    from explorer.data.datasets import DATASETS, DataError, find_info  # noqa: PLC0415  # torch, after what needs none
    from explorer.exchange.weight_file import WeightFileError  # noqa: PLC0415
    from explorer.runs.store.database import StoreError  # noqa: PLC0415
    from explorer.views.common.words import shown  # noqa: PLC0415

    try:
        find_info(dataset := dataset or next(iter(DATASETS)))
    except DataError as error:
        raise RefusedError(str(error)) from error
    try:
        found = _open(architecture, file, dataset)
        cause = found.cause
    except (WeightFileError, StoreError, OSError) as error:
        cause = str(error)
    if cause:
        click.echo(f"Error: {shown(cause)}", err=True)
        ctx.exit(REFUSED)
    click.echo(shown(_told(found)))
    click.echo(found.run_id)


def _open(architecture: Architecture, file: Path, dataset: str) -> "WeightImport":
    """Have a file read by a process of its own, as the app does, and wait for that."""
    import shutil  # noqa: PLC0415
    from contextlib import closing  # noqa: PLC0415

    from explorer.data.home import explorer_home  # noqa: PLC0415
    from explorer.exchange.weight_file import check_size  # noqa: PLC0415
    from explorer.runs.access.person import ALONE  # noqa: PLC0415
    from explorer.runs.background.weight_imports import Sent, WeightImports, choose_dataset  # noqa: PLC0415
    from explorer.training.recipe.recipe import Job, Recipe  # noqa: PLC0415

    size = file.stat().st_size
    check_size(size)
    job = Job(architecture, Recipe(dataset=choose_dataset(architecture, dataset)))
    with closing(WeightImports(explorer_home())) as imports:
        found = imports.receive(Sent(ALONE.id, size, job, file.name), partial(_keep, explorer_home(), ALONE.id))
        shutil.copyfile(file, found.path)
        found.read()
        found.wait(None)
        return found


def _keep(home: Path, owner: str, found: "ImportedWeights", files: "KeptFiles") -> str:
    """Keep weights in a folder's runs, also beside a server that trains them, which waits for one row meanwhile."""
    from contextlib import closing  # noqa: PLC0415

    from explorer.runs.scheduler.folder_lock import take  # noqa: PLC0415
    from explorer.runs.scheduler.server import keep_imported  # noqa: PLC0415
    from explorer.runs.store.database import StoreError  # noqa: PLC0415
    from explorer.runs.store.reader import Reader  # noqa: PLC0415
    from explorer.runs.store.store import Store  # noqa: PLC0415
    from explorer.training.errors import TrainingError  # noqa: PLC0415

    lock = None
    try:
        if (lock := take(home)) is None:
            Reader(home / "runs.sqlite").list_runs(1)  # refuses what a server of another version writes
        with closing(Store(home / "runs.sqlite")) as store:
            keep_imported(store, found, files, owner)
    except (StoreError, OSError) as error:
        raise TrainingError(str(error)) from error
    finally:
        if lock:
            lock.release()
    return found.run_id


def _told(found: "WeightImport") -> str:
    """Say where each layer has its weights from, and what they come to."""
    from explorer.runs.background.weight_messages import Fitting  # noqa: PLC0415

    if not isinstance(found.told, Fitting):
        return ""
    told, dataset = found.told, found.sent.job.recipe.dataset
    pairs = ", ".join(f"{ours} from {theirs or 'the layer without a name'}" for ours, theirs in told.sources.items())
    if told.test_accuracy is None:
        return f"{pairs}. {told.unanswered}"
    return f"{pairs}. Test accuracy {told.test_accuracy:.1%} on {dataset}."
