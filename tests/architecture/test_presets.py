"""The networks of the course: their published numbers, torchvision's AlexNet, and a golden table each."""

import json
from pathlib import Path

import msgspec
import pytest
import torch
from torch import Tensor, nn

from explorer.architecture.build import build_layer
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import check
from explorer.architecture.trace import LayerRow, Trace, trace
from tests.architecture.test_trace import check_invariants

GOLDEN = Path(__file__).parent / "golden"
WEIGHTS = ("Conv2d", "Linear", "Subsample2d", "PartialConv2d", "GaussianRBF")
COURSE = [name for name in PRESETS if name != "alexnet-28"]  # our own network has no published numbers


def _trace(preset: str) -> Trace:
    return trace(PRESETS[preset].architecture)


def _weight_rows(preset: str) -> list[LayerRow]:
    return [row for row in _trace(preset).rows if row.kind in WEIGHTS]


NUM_PARAMS = {
    "lenet-d2l": (61_706, [156, 2_416, 48_120, 10_164, 850]),
    "lenet-keras": (61_706, [156, 2_416, 48_120, 10_164, 850]),
    "lenet-pytorch": (61_706, [156, 2_416, 48_120, 10_164, 850]),
    "lenet5-1998": (60_840, [156, 12, 1_516, 32, 48_120, 10_164, 840]),  # the last are fixed
    "lenet-ng": (62_006, [456, 2_416, 48_120, 10_164, 850]),
    "alexnet-d2l": (46_764_746, [11_712, 614_656, 885_120, 1_327_488, 884_992, 26_218_496, 16_781_312, 40_970]),
    "alexnet-227": (62_378_344, None),
    "alexnet-2012": (60_965_224, [34_944, 307_456, 885_120, 663_936, 442_624, 37_752_832, 16_781_312, 4_097_000]),
    "alexnet-torchvision": (61_100_840, None),
}
MULT_ADDS = {
    "lenet-d2l": 416_520,
    "lenet-keras": 416_520,
    "lenet5-1998": 117_600 + 1_176 + 150_000 + 400 + 48_000 + 10_080 + 840,
    "lenet-ng": 651_720,
    "alexnet-d2l": 938_146_176,
    "alexnet-227": 1_135_256_096,
    "alexnet-2012": 724_406_816,
    "alexnet-torchvision": 714_188_480,
}
NEURONS = {
    "lenet-d2l": 6_518,
    "alexnet-d2l": 608_650,
    "alexnet-227": 659_272,
    "alexnet-2012": 659_272,
    "alexnet-torchvision": 494_184,
}
FLATTENED = {"lenet-d2l": 400, "alexnet-d2l": 6_400, "alexnet-227": 9_216, "alexnet-torchvision": 9_216}
MAPS = {
    "lenet-d2l": ["6×28×28", "6×14×14", "16×10×10", "16×5×5"],
    "lenet-ng": ["6×28×28", "6×14×14", "16×10×10", "16×5×5"],
    "alexnet-d2l": ["96×54×54", "96×26×26", "256×26×26", "256×12×12", "384×12×12", "384×12×12", "256×12×12", "256×5×5"],
    "alexnet-227": ["96×55×55", "96×27×27", "256×27×27", "256×13×13", "384×13×13", "384×13×13", "256×13×13", "256×6×6"],
}
ALEXNET_FIELDS = [11, 19, 51, 67, 99, 131, 163, 195]


@pytest.mark.parametrize("preset", COURSE)
def test_num_params(preset: str) -> None:
    total, layers = NUM_PARAMS[preset]
    assert _trace(preset).totals.num_params == total
    assert layers is None or [row.num_params for row in _weight_rows(preset)] == layers


def test_lenet_5_has_its_papers_60_000_trainable_parameters() -> None:
    assert _trace("lenet5-1998").totals.num_trainable == 60_000


def test_num_params_of_the_pytorch_note_for_colour_pictures() -> None:
    grey = PRESETS["lenet-pytorch"].architecture
    assert trace(msgspec.structs.replace(grey, input_shape=(3, 32, 32))).totals.num_params == 62_006


@pytest.mark.parametrize(("preset", "mult_adds"), MULT_ADDS.items())
def test_mult_adds(preset: str, mult_adds: int) -> None:
    assert _trace(preset).totals.mult_adds == mult_adds


@pytest.mark.parametrize(("preset", "neurons"), NEURONS.items())
def test_neurons(preset: str, neurons: int) -> None:
    assert _trace(preset).totals.neurons == neurons


@pytest.mark.parametrize(("preset", "shapes"), MAPS.items())
def test_shapes_of_convolutions_and_poolings(preset: str, shapes: list[str]) -> None:
    rows = [row for row in _trace(preset).rows if row.kind in {"Conv2d", "MaxPool2d", "AvgPool2d"}]
    assert ["×".join(map(str, row.output_shape)) for row in rows] == shapes


@pytest.mark.parametrize(("preset", "features"), FLATTENED.items())
def test_flattened_features(preset: str, features: int) -> None:
    assert [row.output_shape for row in _trace(preset).rows if row.kind == "Flatten"] == [(features,)]


@pytest.mark.parametrize(
    ("preset", "fields", "last_jump"),
    [
        ("lenet-d2l", [5, 6, 14, 16], 4),
        ("lenet5-1998", [5, 6, 14, 16, 32], 4),
        ("alexnet-d2l", ALEXNET_FIELDS, 32),
        ("alexnet-227", ALEXNET_FIELDS, 32),
    ],
)
def test_receptive_fields(preset: str, fields: list[int], last_jump: int) -> None:
    traced = _trace(preset)
    sliding = [row for row in traced.rows if row.remainder is not None]
    assert [row.receptive_field for row in sliding] == fields
    assert (traced.totals.receptive_field, traced.totals.jump) == (fields[-1], last_jump)


def test_jumps_of_lenet() -> None:
    assert [row.jump for row in _trace("lenet-d2l").rows if row.remainder is not None] == [1, 2, 2, 4]


def test_stride_remainders_of_the_books_alexnet() -> None:
    left = {row.name: row.remainder for row in _trace("alexnet-d2l").rows if row.remainder not in {None, (0, 0)}}
    assert left == {"conv1": (3, 3), "pool1": (1, 1), "pool2": (1, 1), "pool5": (1, 1)}


def test_no_stride_remainder_at_227() -> None:
    assert {row.remainder for row in _trace("alexnet-227").rows} == {None, (0, 0)}


@pytest.mark.parametrize(
    ("preset", "dense", "conv"), [("lenet-d2l", "95.8%", "85.9%"), ("alexnet-d2l", "92.0%", "95.4%")]
)
def test_share_of_parameters_in_dense_and_of_mult_adds_in_conv_layers(preset: str, dense: str, conv: str) -> None:
    totals, rows = _trace(preset).totals, _trace(preset).rows
    dense_params = sum(row.num_params for row in rows if row.kind == "Linear")
    conv_mult_adds = sum(row.mult_adds for row in rows if row.kind == "Conv2d")
    assert f"{dense_params / totals.num_params:.1%}" == dense
    assert f"{conv_mult_adds / totals.mult_adds:.1%}" == conv


def test_the_small_alexnet_keeps_the_skeleton() -> None:
    assert [row.kind for row in _weight_rows("alexnet-28")] == ["Conv2d"] * 5 + ["Linear"] * 3
    assert _trace("alexnet-28").output_shape == (10,)


def test_alexnet_of_2012_has_the_shapes_of_the_one_tower_and_half_its_weights_where_the_towers_part() -> None:
    pairs = list(zip(_weight_rows("alexnet-227"), _weight_rows("alexnet-2012"), strict=True))
    assert all(one.output_shape == two.output_shape for one, two in pairs)
    assert [one.name for one, two in pairs if one.mult_adds == 2 * two.mult_adds] == ["conv2", "conv4", "conv5"]


def test_its_normalisation_is_the_papers_formula_on_real_numbers() -> None:
    norm = build_layer(PRESETS["alexnet-2012"].architecture.layers[2], (96, 55, 55))
    maps = 10 * torch.randn(1, 96, 1, 1)
    near = [maps[:, max(0, i - 2) : i + 3].square().sum() for i in range(96)]  # 5, cut at the ends
    expected = maps / (2 + 1e-4 * torch.stack(near).reshape(1, 96, 1, 1)) ** 0.75
    torch.testing.assert_close(norm(maps), expected)


def test_torchvisions_alexnet_is_the_same_module_by_module() -> None:
    rows = [row for row in _trace("alexnet-torchvision").rows if row.kind != "Flatten"]  # torchvision's is a function
    assert [(row.kind, row.output_shape, row.num_params) for row in rows] == _torchvision_rows()


def _torchvision_rows() -> list[tuple[str, tuple[int, ...], int]]:
    """Kind, output shape without the batch, and parameters of each module of torchvision's AlexNet, in order of use."""
    from torchvision.models import alexnet  # noqa: PLC0415  # takes a second, and only this test needs it

    seen = list[tuple[str, tuple[int, ...], int]]()

    def note(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        num_params = sum(parameter.numel() for parameter in module.parameters())
        seen.append((type(module).__name__, tuple(output.shape[1:]), num_params))

    with torch.device("meta"):
        network = alexnet().eval()
        for module in network.modules():
            if not list(module.children()):
                module.register_forward_hook(note)
        network(torch.empty(1, 3, 224, 224))
    return seen


@pytest.mark.parametrize("preset", PRESETS)
def test_golden_table(preset: str, *, regenerate: bool) -> None:
    """Regenerate on purpose with `python -m pytest tests/architecture --regenerate`, and read what changed."""
    traced = _trace(preset)
    path = GOLDEN / f"{preset}.json"
    if regenerate:
        path.write_text(_table(traced) + "\n")
    assert json.loads(path.read_text()) == json.loads(_table(traced))
    assert traced.error is None
    check_invariants(traced)


def _table(traced: Trace) -> str:
    """Write rows and totals, one row a line, so that a difference shows the layer."""
    rows = ",\n".join(_line(row) for row in traced.rows)
    return f'{{"rows": [\n{rows}\n],\n"totals": {_line(traced.totals)}}}'


def _line(record: msgspec.Struct) -> str:
    return json.dumps(msgspec.to_builtins(record), ensure_ascii=False)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_a_design_that_its_reader_accepts(preset: str) -> None:
    assert check(PRESETS[preset].architecture) == PRESETS[preset].architecture
