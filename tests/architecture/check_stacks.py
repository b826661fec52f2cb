"""Checks many random stacks against torch on real tensors: `python -m tests.architecture.check_stacks --stacks 50000`.

For each: the trace's shapes and parameters are those of torch's modules, a stack that the trace refuses is refused by
torch at the same layer, and JSON, link and PyTorch source give back the same design. Stops at the first that fails.
"""

import sys
import time

import click
import torch

from explorer.architecture.spec import Architecture, read_json, to_json
from explorer.architecture.trace import Trace, trace
from explorer.exchange.link import read_link, to_link
from explorer.exchange.pytorch_source import to_pytorch
from tests.architecture.random_stacks import random_stack
from tests.architecture.stacks import REFUSALS, Passed, pass_through
from tests.exchange.networks.reading import read_pytorch

EVERY = 1_000  # stacks between two lines of progress


def find_fault(architecture: Architecture) -> str:
    """Say what is wrong with what the program says of a stack; nothing if all agrees."""
    traced, passed, refusal = trace(architecture), list[Passed](), ""
    try:
        passed.extend(pass_through(architecture))
    except REFUSALS as error:
        refusal = str(error) or type(error).__name__
    ours = [(row.output_shape, row.num_params) for row in traced.rows]
    theirs = [(layer.output_shape, layer.num_params) for layer in passed]
    if ours != theirs:
        return f"shapes and parameters: the trace has {ours}, torch {theirs} {refusal}"
    if (traced.error is not None) != bool(refusal):
        return f"refusals: the trace says {traced.error}, torch {refusal or 'nothing'}"
    return _unlike(architecture, traced)


def _unlike(architecture: Architecture, traced: Trace) -> str:
    """Say which form does not give the design back."""
    forms = {"JSON": read_json(to_json(architecture)), "link": read_link(to_link(architecture))}
    if traced.error is None:
        forms["PyTorch source"] = read_pytorch(to_pytorch(architecture))
    return ", ".join(f"{form} gives back {other}" for form, other in forms.items() if other != architecture)


@click.command()
@click.option("--stacks", default=2_000, type=click.IntRange(min=1), help="How many.", show_default=True)
@click.option("--first", default=0, help="The first stack's seed.", show_default=True)
def main(stacks: int, first: int) -> None:
    """Check random stacks; the exit code is 1 at the first that fails, which is printed as JSON."""
    torch.set_num_threads(1)  # such small tensors only lose by more
    start, refused = time.perf_counter(), 0
    for done, seed in enumerate(range(first, first + stacks), start=1):
        architecture = random_stack(seed)
        if fault := find_fault(architecture):
            click.echo(f"{to_json(architecture)}\nSeed {seed}: {fault}")
            sys.exit(1)
        refused += trace(architecture).error is not None
        if done % EVERY == 0 or done == stacks:
            click.echo(f"{done:,} stacks agree, {refused:,} of them refused, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main(prog_name="python -m tests.architecture.check_stacks")
