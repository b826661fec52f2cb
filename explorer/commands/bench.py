"""`python -m explorer bench`: how fast this program is, next to others on the same machine in the same minute."""

from typing import TYPE_CHECKING

import click
import msgspec

if TYPE_CHECKING:
    from explorer.benchmarks.train import TrainingSpeeds

BOUNDS = {"ours_over_bare_step": 0.9, "ours_over_book_4_workers": 1.7}  # at least


@click.group(short_help="Measure the program against others.")
def bench() -> None:
    """Measure the program against others, in turn: on a shared machine only the ratios mean something."""


_json = click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")


@bench.command("trace")
@_json
def bench_trace(*, as_json: bool) -> None:
    """Trace AlexNet, new and edited, against torchinfo on the built network."""
    from explorer.benchmarks import trace  # noqa: PLC0415  # brings torch

    speeds = trace.bench_trace()
    click.echo(msgspec.json.encode(speeds) if as_json else "\n".join(trace.report(speeds)))


@bench.command("train")
@_json
def bench_train(*, as_json: bool) -> None:
    """Train LeNet, against one bare repeated step and against the book's loop; about four minutes."""
    from explorer.benchmarks import train  # noqa: PLC0415  # brings torch

    speeds = train.bench_train()
    click.echo(msgspec.json.encode(speeds) if as_json else "\n".join(_report(speeds)))


@bench.command("cost")
def bench_cost() -> None:
    """Foretell and then take the time of LeNet's and AlexNet's training; about two minutes."""
    from explorer.benchmarks import cost  # noqa: PLC0415  # brings torch

    for run in cost.bench_cost():
        click.echo(f"{run.network:12} foretold {run.foretold:7.1f} s, taken {run.taken:7.1f} s: {run.ratio:.2f} ×")


@bench.command("seeds")
def bench_seeds() -> None:
    """Train seeds of LeNet together and one after another; about two minutes."""
    from explorer.benchmarks import seeds  # noqa: PLC0415  # brings torch

    for speeds in seeds.bench_seeds():
        click.echo(seeds.report(speeds))


@bench.command("recipes")
@click.option("--seeds", type=click.IntRange(min=1, max=100), default=3, show_default=True, help="Runs of each recipe.")
def bench_recipes(*, seeds: int) -> None:
    """Train the book's recipes on the full Fashion-MNIST and say whether they end where the book's runs do."""
    from explorer.benchmarks import recipes  # noqa: PLC0415  # brings torch

    for outcome in recipes.outcomes(seeds=seeds):
        published = outcome.published
        agrees = "as published" if outcome.agrees else "NOT as published"
        click.echo(
            f"{published.title:36} seed {outcome.seed}  test accuracy {outcome.test_accuracy:.3f}  "
            f"{outcome.seconds:5.0f} s  {agrees}: {published.lowest:g} to {published.highest:g}"
        )


def _report(speeds: "TrainingSpeeds") -> list[str]:
    """Say the figures and their bounds, a line each."""
    loops = ("ours", "bare_step", "book_4_workers", "book_0_workers")
    return [
        f"LeNet, batch 256, {speeds.threads} threads, medians of {speeds.rounds} rounds:",
        *(f"{loop.replace('_', ' '):24} {getattr(speeds, loop):9,.0f} pictures a second" for loop in loops),
        *(_ratio(name, getattr(speeds, name), spread) for name, spread in speeds.spreads.items()),
    ]


def _ratio(name: str, median: float, spread: tuple[float, float]) -> str:
    bound = f"  (bound: at least {BOUNDS[name]:g} ×)" if name in BOUNDS else ""
    label = name.replace("_over_", " / ").replace("_", " ")
    return f"{label:24} {median:9.2f} ×  from {spread[0]:.2f} to {spread[1]:.2f}{bound}"
