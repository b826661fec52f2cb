"""The notebook: valid, and every cell runs in an interpreter of its own; the training on pictures that lie ready."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import assume, given
from msgspec.structs import replace

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import Trace, trace
from explorer.exchange.notebook import to_notebook
from tests.architecture.stacks import architectures
from tests.data.fashion_mnist import PACKED_AT, unpacked

PICTURES = 64  # of each split: enough for a step


def code(architecture: Architecture, *, optional: bool) -> str:
    """Join the code cells of a notebook."""
    cells = json.loads(to_notebook(architecture))["cells"]
    wanted = [cell for cell in cells if optional or "optional" not in cell["metadata"].get("tags", [])]
    return "\n".join(cell["source"] for cell in wanted if cell["cell_type"] == "code")


def run(program: str, folder: Path) -> list[str]:
    """Run a program in an interpreter of its own, where every warning is an error; give the lines that it prints."""
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@given(architectures())
def test_any_notebook_is_valid(architecture: Architecture) -> None:
    assume(trace(architecture).error is None)
    check_valid(architecture)


@pytest.mark.parametrize("name", ["", "a\nb", "# *a* `b`", '"""', "\ud800"])
def test_a_name_is_shown_as_it_is_and_is_no_code(name: str) -> None:
    design = replace(PRESETS["lenet-d2l"].architecture, name=name)
    check_valid(design)
    assert code(design, optional=True).count("\n") == code(PRESETS["lenet-d2l"].architecture, optional=True).count("\n")


def check_valid(architecture: Architecture) -> None:
    book = nbformat.from_dict(json.loads(to_notebook(architecture)))  # type: ignore[no-untyped-call]  # nbformat has no types
    nbformat.validate(book)
    assert book.nbformat_minor == 5


@pytest.mark.slow
def test_what_needs_no_network_runs_alone(tmp_path: Path) -> None:
    traced = trace(PRESETS["alexnet-28"].architecture)
    printed = run(code(traced.architecture, optional=False), tmp_path)
    check_counts(printed, traced)
    assert printed[-1] == f"{traced.totals.num_params:,} parameters"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lenet-d2l", "lenet5-1998", "lenet-ng"])
def test_all_of_it_runs_and_an_epoch_trains_on_pictures_that_are_there(name: str, tmp_path: Path) -> None:
    _lay_out(tmp_path / "data" / "FashionMNIST" / "raw")
    traced = trace(PRESETS[name].architecture)
    printed = run(code(traced.architecture, optional=True), tmp_path)
    check_counts(printed, traced)
    assert printed[-1].startswith("loss ")
    assert "test accuracy" in printed[-1]


def check_counts(printed: list[str], traced: Trace) -> None:
    """Hold the shapes and the number of parameters that a notebook prints against the trace's."""
    shapes = [" ".join(map(str, row.output_shape)) for row in traced.rows]
    assert printed[0] == f"torch.Size({[2, *traced.output_shape]})"
    assert [line[18:].strip() for line in printed[1 : len(shapes) + 1]] == shapes
    assert f"{traced.totals.num_params:,} parameters" in printed


def _lay_out(folder: Path) -> None:
    """Write the first pictures of each split where torchvision looks for them."""
    folder.mkdir(parents=True)
    for name in PACKED_AT:
        data = unpacked(name)
        header, size = (16, 784) if "images" in name else (8, 1)
        counted = data[:4] + struct.pack(">I", PICTURES) + data[8:header]
        (folder / name).write_bytes(counted + data[header : header + PICTURES * size])


@pytest.mark.parametrize(
    ("layers", "why"),
    [
        ((Conv2d(out_channels=10, kernel_size=3),), "gives 10 × 26 × 26"),
        ((Flatten(), Linear(out_features=9)), "gives 9"),
        ((Flatten(),), "no weights to learn"),
    ],
)
def test_a_network_that_cannot_learn_ten_classes_says_why_in_place_of_the_training(
    layers: tuple[Layer, ...], why: str
) -> None:
    design = Architecture(name="x", input_shape=(1, 28, 28), layers=layers)
    assert "torchvision" not in to_notebook(design)
    assert why in to_notebook(design)
