"""`python -m explorer bench`: how fast this program is, next to others on the same machine in the same minute."""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import click
import msgspec

if TYPE_CHECKING:
    from explorer.benchmarks.outcomes.recipes import Outcome
    from explorer.benchmarks.train import TrainingSpeeds

NETWORKS = ("lenet-d2l", "alexnet-28", "alexnet-d2l")


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
@click.argument("networks", nargs=-1, type=click.Choice(NETWORKS), metavar="[NETWORK]...")
@click.option(
    "--rounds", type=click.IntRange(min=1, max=100), default=5, show_default=True, help="Of all loops in turn."
)
@_json
def bench_train(*, networks: tuple[str, ...], rounds: int, as_json: bool) -> None:
    """Train NETWORK (lenet-d2l, alexnet-28 or alexnet-d2l; without one all three), on the CPU and on a CUDA GPU.

    Against one bare repeated step and against the book's loop, with the probes and without, and with a worker's most
    memory; about four minutes each.
    """
    from explorer.benchmarks import contests, train  # noqa: PLC0415  # brings torch
    from explorer.training.recipe.devices import PRESENT  # noqa: PLC0415

    for device in ("cpu", "cuda") if PRESENT["cuda"]() else ("cpu",):
        for network in networks or NETWORKS:
            speeds = train.bench_train(contests.CONTESTS[network], device=device, rounds=rounds)
            click.echo(msgspec.json.encode(speeds) if as_json else "\n".join(_report(speeds)))


@bench.command("cost")
def bench_cost() -> None:
    """Foretell and then take the time of LeNet's and AlexNet's training, alone and with a run on each core."""
    from explorer.benchmarks import cost  # noqa: PLC0415  # brings torch

    for run in cost.bench_cost():
        abreast = "alone" if run.runs == 1 else f"{run.runs} at once"
        told, taken = f"{run.foretold:7.1f} s", f"{run.taken:7.1f} s"
        click.echo(f"{run.network:12} {abreast:10} foretold {told}, taken {taken}: {run.ratio:.2f} ×")


@bench.command("gpu")
@click.pass_context
def bench_gpu(ctx: click.Context) -> None:
    """Look at all that only a CUDA GPU can show: speed, workers, memory, its shortage; within ten minutes.

    The exit code is 1 if something is out of its bound, 2 if there is no such GPU.
    """
    from explorer.benchmarks import gpu  # noqa: PLC0415  # brings torch
    from explorer.training.recipe.devices import PRESENT  # noqa: PLC0415

    if not PRESENT["cuda"]():
        raise click.UsageError("This computer has no CUDA GPU that torch can use.")
    code = 0
    for finding in gpu.bench_gpu():
        verdict = {True: "holds", False: "DOES NOT HOLD", None: "told"}[finding.holds]
        click.echo(f"{finding.what:62} {verdict:14} {finding.found}")
        code = code or int(finding.holds is False)
    ctx.exit(code)


@bench.command("recipes")
@click.option("--seeds", type=click.IntRange(min=1, max=100), default=3, show_default=True, help="Runs of each recipe.")
@click.option("--witness", is_flag=True, help="Train them with the texts' programs in torch alone as well.")
def bench_recipes(*, seeds: int, witness: bool) -> None:
    """Train the texts' recipes, on the full Fashion-MNIST and on MNIST, and say whether they end where the texts do."""
    from explorer.benchmarks.outcomes import recipes  # noqa: PLC0415  # brings torch

    lacking = recipes.lacking()
    for name in lacking:
        click.echo(f"Left out are the recipes on {name}, which is not on this computer.", err=True)
    chosen = [each for each in recipes.PUBLISHED if each.job.recipe.dataset not in lacking]
    ours, theirs = recipes.outcomes(chosen, seeds=seeds), recipes.witnesses(chosen, seeds=seeds)
    found = []
    for outcome in chain(ours, theirs if witness else ()):
        click.echo(_outcome(outcome))
        found.append(outcome)
    click.echo("\n".join(recipes.spreads(found)))


def _outcome(outcome: "Outcome") -> str:
    published = outcome.published
    agrees = "as published" if outcome.agrees else "NOT as published"
    return (
        f"{published.title:36} {outcome.loop:15}  seed {outcome.seed}  test accuracy {outcome.test_accuracy:.3f}  "
        f"{outcome.seconds:5.0f} s  {agrees}: {published.lowest:g} to {published.highest:g}"
    )


@bench.command("record")
@click.option("--seeds", type=click.IntRange(min=1, max=100), default=3, show_default=True, help="Runs of each way.")
@click.option("--book", is_flag=True, help="Train LeNet with the book's loop as well; ten epochs a seed.")
def bench_record(*, seeds: int, book: bool) -> None:
    """Say after how many seconds a network names 85 and 90 % of the full Fashion-MNIST test set."""
    from explorer.benchmarks.outcomes import record  # noqa: PLC0415  # brings torch

    theirs = record.book_attempts(list(record.RECORDS), seeds=seeds) if book else ()
    for attempt in chain(record.attempts(record.RECORDS, seeds=seeds), theirs):
        after = "never" if attempt.seconds is None else f"{attempt.seconds:.1f} s"
        click.echo(
            f"{attempt.target:.0%}  {attempt.way:15}  seed {attempt.seed}  {after:>7}  "
            f"best of {attempt.epochs} epochs in {attempt.all_seconds:.1f} s: {attempt.best:.3f}"
        )


@bench.command("inside")
@click.option("--rounds", type=click.IntRange(min=1, max=100), default=5, show_default=True, help="Of each, in turn.")
def bench_inside(*, rounds: int) -> None:
    """Look inside LeNet: all maps, the strongest of 1,000, what keeping weights costs, thirty people at once."""
    from explorer.benchmarks.classroom import inside  # noqa: PLC0415  # brings torch

    for look in chain(inside.looks(rounds=rounds), [inside.keeping(rounds=rounds)]):
        click.echo(f"{look.what:34} {look.milliseconds:8.1f} ms, {look.ratio:7.3f} × {look.yardstick}")
    waits = inside.at_once()
    p50, p95 = waits[len(waits) // 2], waits[int(0.95 * len(waits))]
    click.echo(f"{inside.PEOPLE} people at once, {inside.LOOKS} pictures each: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    alone, beside = (1e3 * times[int(0.95 * len(times))] for times in inside.edits_beside_looks())
    click.echo(
        f"{inside.PEOPLE} others edit: p95 {beside:.0f} ms beside them, {alone:.0f} ms alone, {beside / alone:.2f} ×"
    )


@bench.command("shifts")
@click.option(
    "--seeds", type=click.IntRange(min=1, max=100), default=3, show_default=True, help="Runs of each network."
)
def bench_shifts(*, seeds: int) -> None:
    """Say how many test pictures of Fashion-MNIST networks name right that are shifted by some pixels."""
    from explorer.benchmarks.outcomes import shifts  # noqa: PLC0415  # brings torch

    for found in shifts.bench_shifts(shifts.JOBS, seeds=seeds):
        right = "  ".join(f"{far} px {share:.3f}" for far, share in found.right.items())
        click.echo(f"{found.name:26}  seed {found.seed}  {right}")


@bench.command("runs")
@_json
def bench_runs(*, as_json: bool) -> None:
    """List a history of a thousand runs with a thousand points each, on a store of its own; about two minutes."""
    from explorer.benchmarks import runs  # noqa: PLC0415  # brings torch

    listed = runs.bench_runs()
    click.echo(msgspec.json.encode(listed) if as_json else "\n".join(runs.report(listed)))


@bench.command("class")
@click.option("--students", type=click.IntRange(0, 2_000), default=300, show_default=True, help="Who edit.")
@click.option("--watchers", type=click.IntRange(1, 2_000), default=300, show_default=True, help="Who watch one run.")
@click.option(
    "--minutes", type=click.FloatRange(0.1, 60), default=3.0, show_default=True, help="Of each of two phases."
)
@click.option("--pause", type=click.FloatRange(1, 600), default=20.0, show_default=True, help="Seconds between edits.")
@click.option("--lesson", is_flag=True, help="Give the students a lesson in a room instead; nobody watches a run.")
@_json
def bench_class(*, students: int, watchers: int, minutes: float, pause: float, lesson: bool, as_json: bool) -> None:
    """Hold a class at a server of its own: it trains alone, then is watched, then students edit beside; on Linux."""
    if lesson:
        click.echo(_of_lesson(students, minutes, pause, as_json=as_json))
        return
    from explorer.benchmarks.classroom import classroom  # noqa: PLC0415  # brings torch

    held = classroom.Class(students=students, watchers=watchers, seconds=60 * minutes, pause=pause)
    phases = classroom.bench_class(held)
    click.echo(msgspec.json.encode(phases) if as_json else "\n".join(classroom.report(phases)))


def _of_lesson(students: int, minutes: float, pause: float, *, as_json: bool) -> str:
    """Give a lesson whose steps last for so many minutes in all."""
    from explorer.benchmarks.classroom import lesson  # noqa: PLC0415  # brings torch

    seconds = 60 * minutes / lesson.NUM_STEPS
    taken = lesson.bench_lesson(lesson.Given(students=students, seconds=seconds, pause=pause))
    return msgspec.json.encode(taken).decode() if as_json else "\n".join(lesson.report(taken))


def _report(speeds: "TrainingSpeeds") -> Iterator[str]:
    """Say the figures and their bounds, a line each."""
    yield (
        f"{speeds.network}, batch {speeds.batch_size}, {speeds.device}, {speeds.threads} threads, "
        f"medians of {speeds.rounds} rounds:"
    )
    for loop, speed in speeds.speeds.items():
        yield f"{loop.replace('_', ' '):28} {speed:9,.0f} pictures a second"
    for name, ratio in speeds.ratios.items():
        bound = "" if ratio.bound is None else f"  (bound: at least {ratio.bound:g} ×)"
        label = name.replace("_over_", " / ").replace("_", " ")
        yield f"{label:28} {ratio.median:9.2f} ×  from {ratio.lowest:.2f} to {ratio.highest:.2f}{bound}"
    if speeds.peak_bytes is not None:
        most = f"(bound: at most {speeds.most_bytes / 10**9:g} GB)"
        yield f"{'a worker at its most':28} {speeds.peak_bytes / 10**9:9.2f} GB  {most}"
