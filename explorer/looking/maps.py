"""One picture on its way through a network: what goes in, what each layer makes of it, and the answer."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.historic.modules import PartialConv2d
from explorer.architecture.spec import Architecture
from explorer.training.loop.evaluate import scores_of
from explorer.training.weights.weight_files import WeightsError

INPUT, PROBABILITIES = "input", "probabilities"  # beside the names of layers, none of which is one of these


def network_with(architecture: Architecture, weights: Mapping[str, Tensor]) -> nn.Sequential:
    """Build a network with kept weights, in its testing mode; raises `WeightsError` where they are not its own."""
    network = build(architecture)
    try:
        network.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise WeightsError(f"These weights are not those of {architecture.name}: {error}. Run it again.") from error
    return network.eval()


@torch.inference_mode()
def maps(network: nn.Sequential, inputs: Tensor) -> dict[str, Tensor]:
    """Pass one picture through a network that is in its testing mode.

    `inputs` are channels × height × width. Gives them as `input`, what each layer puts out by its name, and one of
    `probabilities` a class; nothing in it has a batch.
    """
    values, found = inputs[None], {INPUT: inputs}
    for name, layer in network.named_children():
        values = layer(values)
        found[name] = values[0]
    return found | {PROBABILITIES: scores_of(network, values)[0].softmax(dim=0)}


def probabilities(network: nn.Sequential, inputs: Tensor) -> Tensor:
    """Give what a network in its testing mode answers to N pictures, as probabilities N × classes."""
    return scores_of(network, network(inputs)).softmax(dim=1)


@torch.inference_mode()
def weights(network: nn.Sequential) -> dict[str, Tensor]:
    """Give what each layer weighs its inputs with, by names such as `conv1.weight`.

    A convolution whose maps see only some of its inputs has zeros for the others. Running means and variances stand
    beside, by torch's names.
    """
    dense = {
        f"{name}.weight": layer.dense_weight()
        for name, layer in network.named_children()
        if isinstance(layer, PartialConv2d)
    }
    return {**network.state_dict(), **dense}
