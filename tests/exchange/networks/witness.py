"""What torch says of a program: its layers with parameters and what comes out in the end, by running it.

    python -m tests.exchange.networks.witness < program.py

Only programs that are written here are run so, in a process of their own or in a test's.
"""

import io
import json
import signal
import sys
import warnings
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from explorer.architecture.build import build
from explorer.architecture.spec import Architecture, read_json
from explorer.architecture.trace import Trace

Shape = tuple[int, ...]
SECONDS = 5  # of the processor's time for a program, so that a busy computer stops none in the middle of an import


class Row(NamedTuple):
    """A layer that counts: its kind, what comes out without the batch, and its parameters."""

    kind: str
    output_shape: Shape
    num_params: int


def rows_of(traced: Trace) -> list[Row]:
    """Give the rows with parameters of a table, and what comes out."""
    rows = [Row(row.kind, row.output_shape, row.num_params) for row in traced.rows]
    last = rows[-1].output_shape if rows else traced.architecture.input_shape
    return [*(row for row in rows if row.num_params), Row("out", last, 0)]


def torch_rows(text: str, shape: Shape, variable: str = "net") -> list[Row]:
    """Run a program, and pass pictures of a shape through the network that a name of it holds."""
    ran = _run(text, torch.zeros(2, *shape), variable)
    return [*(row for _, row in ran.layers if row.num_params), Row("out", tuple(ran.out.shape[1:]), 0)]


def gives_the_same(text: str, design: Architecture) -> bool:
    """Tell whether a design with a program's weights makes the same of pictures as the program."""
    torch.manual_seed(0)
    pictures = torch.randn(3, *design.input_shape)
    ran = _run(text, pictures, "net")
    ours = build(design).eval()
    theirs = [module for module, row in ran.layers if row.num_params]
    for own, their in zip([layer for layer in ours if list(layer.parameters())], theirs, strict=True):
        own.load_state_dict(their.state_dict())
    made = ours(pictures)
    return made.shape == ran.out.shape and torch.allclose(made, ran.out, rtol=1e-3, atol=1e-5, equal_nan=True)


class _Ran(NamedTuple):
    layers: list[tuple[nn.Module, Row]]
    out: torch.Tensor


def _run(text: str, pictures: torch.Tensor, variable: str) -> _Ran:
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": nn.functional, "__name__": "__main__"}
    exec(text, names)  # its own, which this file's tests have written
    net = names[variable]
    net = net().eval() if isinstance(net, type) else net.eval()
    layers: list[tuple[nn.Module, Row]] = []

    def note(module: nn.Module, _: object, output: torch.Tensor) -> None:
        if not list(module.children()):
            layers.append((module, _row(module, output)))

    # Of all modules, also of those that a forward makes, which are made for training whatever the network is set to.
    hooks = register_module_forward_hook(note), register_module_forward_pre_hook(_set_to_evaluate)
    try:
        with torch.no_grad():
            out = net(pictures)
    finally:
        for hook in hooks:
            hook.remove()
    return _Ran(layers, out[0] if isinstance(out, tuple) else out)


def _set_to_evaluate(module: nn.Module, _: object) -> None:
    module.training = False


def _row(module: nn.Module, output: torch.Tensor) -> Row:
    count = sum(parameter.numel() for parameter in module.parameters())
    return Row(type(module).__name__, tuple(output.shape[1:]), count)


def main() -> None:
    """Read cases from standard input, JSON lists of text, size and design, one a line; write what torch says of each.

    That is its rows and whether the design makes the same of pictures, or the error's name.
    """
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGVTALRM, _stop)
    answers, sys.stdout = sys.stdout, io.StringIO()  # for what a program prints
    for line in sys.stdin:
        text, shape, design = json.loads(line)
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            said = torch_rows(text, tuple(shape)), _is_same(text, design)
        except BaseException as error:  # noqa: BLE001  # whatever a mutant does
            said = type(error).__name__  # type: ignore[assignment]
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        print(json.dumps(said), file=answers, flush=True)


def _is_same(text: str, design: str) -> bool:
    try:
        return gives_the_same(text, read_json(design))
    except ValueError:  # other layers
        return False


def _stop(number: int, frame: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
