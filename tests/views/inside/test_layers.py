"""What a browser is told of each layer is what the layer says of itself."""

import pytest

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.views.inside.layers import inside_of


@pytest.mark.parametrize("name", PRESETS)
def test_every_layer_is_there_with_the_one_before_it(name: str) -> None:
    design = PRESETS[name].architecture
    inside = inside_of(design, [0, 7], [], ["a", "b"])
    assert [layer.name for layer in inside.layers] == ["input", *(row.name for row in trace(design).rows)]
    assert [layer.before for layer in inside.layers[1:]] == [layer.name for layer in inside.layers[:-1]]
    assert inside.moments == ["Step 0", "Step 7"]


def test_windows_and_groups_go_along() -> None:
    layers = {layer.name: layer for layer in inside_of(PRESETS["alexnet-2012"].architecture, [0], [], []).layers}
    assert layers["conv2"].groups == 2
    assert layers["conv1"].window is not None
    assert (layers["conv1"].window["kernel"], layers["conv1"].window["stride"]) == ((11, 11), (4, 4))
    assert layers["relu1"].acts
    assert not layers["conv1"].acts
