"""Which volumes a picture has: one for each change of shape, towers where a convolution parts its channels."""

import pytest

from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.views.common.palette import ROLE_COLORS
from explorer.views.drawing.volumes import Volume, seen_towers, volume_words, volumes


def volumes_of(name: str) -> dict[str, Volume]:
    return {volume.name: volume for volume in volumes(trace(PRESETS[name].architecture))}


def test_lenet_is_drawn_with_the_shapes_of_its_paper() -> None:
    sizes = {name: volume.size for name, volume in volumes_of("lenet5-1998").items()}
    assert list(sizes.values()) == [
        "1@32×32", "6@28×28", "6@14×14", "16@10×10", "16@5×5", "120@1×1", "120", "84", "10",
    ]  # fmt: skip


def test_what_keeps_the_shape_is_a_note_on_the_volume_before() -> None:
    found = volumes_of("alexnet-2012")
    assert [note.name for note in found["conv1"].notes] == ["relu1", "norm1"]
    assert [note.name for note in found["fc6"].notes] == ["relu6", "dropout6"]
    shown = [volume.index for volume in found.values()] + [n.index for v in found.values() for n in v.notes]
    assert sorted(shown) == list(range(-1, len(PRESETS["alexnet-2012"].architecture.layers)))


def test_alexnet_has_two_towers_and_they_cross_where_its_paper_says() -> None:
    found = volumes_of("alexnet-2012")
    assert {name for name, volume in found.items() if volume.towers == 2} == {
        "conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5",
    }  # fmt: skip
    apart, all_to_all = [(0, 0), (1, 1)], [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert seen_towers(found["pool1"], found["conv2"]) == apart
    assert seen_towers(found["pool2"], found["conv3"]) == all_to_all
    assert seen_towers(found["conv3"], found["conv4"]) == apart
    assert seen_towers(found["conv5"], found["pool5"]) == apart
    assert all(volume.towers == 1 for volume in volumes_of("alexnet-227").values())


def test_settings_stand_beside_the_window_that_they_make() -> None:
    conv1 = volumes_of("alexnet-d2l")["conv1"]
    assert conv1.settings == ("11×11", "stride 4", "pad 1")
    assert conv1.window == pytest.approx((11 / 224, 11 / 224))
    assert conv1.label == "conv1: 11×11, stride 4, pad 1, 96 × 54 × 54"


def test_a_layer_that_does_not_fit_is_the_last_one_shown() -> None:
    layers = (Conv2d(out_channels=2, kernel_size=9), ReLU(), Linear(out_features=3))
    found = volumes(trace(Architecture(name="x", input_shape=(1, 4, 4), layers=layers)))
    assert [(volume.name, volume.role) for volume in found] == [("input", "input"), ("conv1", "refused")]
    assert found[-1].label == "conv1: 9×9, does not fit"


def test_a_pooling_reads_each_of_many_groups_by_itself() -> None:
    layers = (Conv2d(out_channels=96, kernel_size=1, groups=3), MaxPool2d(kernel_size=2))
    _, conv, pool = volumes(trace(Architecture(name="x", input_shape=(96, 4, 4), layers=layers)))
    assert seen_towers(conv, pool) == [(0, 0), (1, 1), (2, 2)]


def test_its_words_count_what_is_drawn() -> None:
    words = volume_words(volumes(trace(PRESETS["lenet-d2l"].architecture)))
    assert words == "From the input on, 5 stacks of maps and 4 rows of numbers."


def test_each_role_that_is_drawn_has_a_colour() -> None:
    drawn = {kind.role for kind in KINDS.values() if kind.reshapes}
    assert drawn | {"input", "refused"} == set(ROLE_COLORS)
