"""Files of trained weights: what people have opens, and all else is refused in words that say what to do."""

import io
import pickle
import struct
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from onnxruntime import InferenceSession
from safetensors.torch import save_file
from torch import nn

from explorer.architecture.presets import PRESETS
from explorer.exchange import weight_file
from explorer.exchange.onnx_file import write_onnx
from explorer.exchange.weight_file import MOST_BYTES, WeightFileError, check_size, read_weight_file
from explorer.exchange.weight_match import match_weights
from explorer.looking.maps import network_with

NETWORK = nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 2, 3), norm=nn.BatchNorm2d(2), fc=nn.Linear(8, 3)))
WEIGHTS = NETWORK.state_dict()


class Runs:
    """A Python object whose reading would call a function."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return print, ("run",)


def saved(folder: Path, held: object, **how: bool) -> Path:
    path = folder / "weights.pth"
    torch.save(held, path, **how)
    return path


@pytest.mark.parametrize("nested", ["", "state_dict", "model_state_dict", "model", "net"])
@pytest.mark.parametrize("zipped", [True, False])
def test_what_torch_saves_opens_also_beside_other_things(tmp_path: Path, nested: str, zipped: bool) -> None:
    held = {"epoch": 3, "optimizer": {"lr": 0.1}, nested: WEIGHTS} if nested else WEIGHTS
    read = read_weight_file(saved(tmp_path, held, _use_new_zipfile_serialization=zipped))
    assert list(read) == list(WEIGHTS)
    assert all(torch.equal(read[name], WEIGHTS[name]) for name in WEIGHTS)


def test_safetensors_come_in_the_order_of_the_numbers_in_their_names(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    names = [f"features.{number}.weight" for number in (0, 3, 10, 2)]
    save_file({name: torch.zeros(1) for name in names}, path)
    assert list(read_weight_file(path)) == [f"features.{number}.weight" for number in (0, 2, 3, 10)]


def test_what_a_file_is_its_first_bytes_say_and_not_its_name(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    save_file(WEIGHTS, path)
    assert read_weight_file(path).keys() == WEIGHTS.keys()


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (NETWORK, r"the Python object torch\.nn\.modules\.container\.Sequential.*state_dict\(\)"),
        ({"conv.weight": Runs()}, r"the Python object (builtins\.)?print"),
        (torch.zeros(3), "a tensor without a name"),
        ([torch.zeros(3)], "a list"),
        ({"epoch": 3}, "no tensors under names"),
        ({}, "no tensors under names"),
        ({"state_dict": {"model": {"net": {"model": {"net": WEIGHTS}}}}}, "a (dict|OrderedDict)"),
        ({"w": torch.zeros(3).to_sparse()}, r"w is of the layout torch\.sparse_coo"),
        ({"w": torch.zeros(3, dtype=torch.complex64)}, "w is complex"),
        ({"w": torch.zeros(3, device="meta")}, "w is without its numbers"),
    ],
)
@pytest.mark.filterwarnings("ignore:Validating sparse tensor")
def test_what_is_not_weights_alone_is_refused_and_runs_nothing(
    tmp_path: Path, held: object, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, held)
    with pytest.raises(WeightFileError, match=words) as refused:
        read_weight_file(path)
    assert "Save the weights alone" in str(refused.value)
    assert capsys.readouterr().out == ""


def scripted() -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(action="ignore"):  # torch calls all of it old
        torch.jit.save(torch.jit.script(nn.Linear(2, 2)), stream)
    return stream.getvalue()


def test_a_program_of_torchscript_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(scripted())
    with pytest.raises(WeightFileError, match="Python objects or a program"):
        read_weight_file(path)


def zip_of(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"a letter to you",
        b"PK\3\4 and no more",
        b"\x80\x02}q",
        b"\x80\x02" + bytes(1_000),
        zip_of("a/data.pkl", b"\x80\x02."),
        zip_of("a/other", b""),
        struct.pack("<Q", 10_000) + b"{}",
        struct.pack("<Q", 2**63) + b"{",
        struct.pack("<Q", 4) + b'{"a"',
        pickle.dumps({"a": 1}),
        b"",
    ],
)
def test_what_is_no_such_file_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(WeightFileError, match=r"^The file (begins|cannot be read|holds|is empty).*\.$"):
        read_weight_file(path)


@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_a_file_cut_anywhere_is_refused_in_words(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"weights.{kind}"
    (torch.save if kind == "pth" else save_file)(dict(WEIGHTS), path)
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises(WeightFileError):
            read_weight_file(path)


def test_a_file_beyond_the_bound_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert MOST_BYTES > 244_408_911  # of torchvision's AlexNet
    check_size(MOST_BYTES)
    with pytest.raises(WeightFileError, match=r"has 321 MB; at most 320 MB are read"):
        check_size(321_000_000)
    path = saved(tmp_path, WEIGHTS)
    monkeypatch.setattr(weight_file, "MOST_BYTES", path.stat().st_size - 1)
    with pytest.raises(WeightFileError, match="at most"):
        read_weight_file(path)
    monkeypatch.undo()
    monkeypatch.setattr(weight_file, "MOST_TENSORS", 6)
    with pytest.raises(WeightFileError, match="9 tensors; at most 6"):
        read_weight_file(path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lenet-d2l", "lenet5-1998"])
def test_the_weights_of_an_onnx_file_are_those_that_it_was_written_with(name: str, tmp_path: Path) -> None:
    design = PRESETS[name].architecture
    write_onnx(design, tmp_path / "network.onnx")
    found = match_weights(design, read_weight_file(tmp_path / "network.onnx"))
    network = network_with(design, found.weights)
    pictures = torch.rand(2, *design.input_shape)
    (said,) = InferenceSession(tmp_path / "network.onnx").run(None, {"pictures": pictures.numpy()})
    assert torch.allclose(network(pictures), torch.from_numpy(said), atol=1e-4)


def test_an_onnx_file_that_is_no_chain_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "network.onnx").write_bytes(b"\x08\x07")
    with pytest.raises(WeightFileError, match=r"^The ONNX file holds no network that can be read: "):
        read_weight_file(tmp_path / "network.onnx")
