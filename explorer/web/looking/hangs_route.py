"""What the answer to a picture hangs on, as tensors for the page that draws the maps."""

import torch
from starlette.requests import Request
from starlette.responses import Response
from torch import Tensor

from explorer.architecture.trace import trace
from explorer.looking.choices import classes_of, layer_of, sides_of, square_of
from explorer.looking.hangs import Question, hangs
from explorer.looking.likeness import MUCH_THE_SAME
from explorer.looking.saliency import before_softmax, last_convolution, map_layers, scores_for
from explorer.web.looking.look_route import answer
from explorer.web.looking.looked import ground_of, inputs_of, network_of, untrained_network_of
from explorer.web.looking.subject import Asked, Subject, Tensors


async def look_why(request: Request) -> Response:
    """Send the maps of what an answer hangs on; `class`, `other`, `layer` and `size` of the query are choices."""
    return await answer(request, find_hangs)


def find_hangs(run: Subject, asked: Asked) -> Tensors:
    """Give the maps of each method by names such as `trained/gradient`, with figures beside them."""
    return hangs_of(run, asked, inputs_of(run, asked["picture"]))


def hangs_of(run: Subject, asked: Asked, inputs: Tensor) -> Tensors:
    """Give the same for what goes into the network, channels × height × width."""
    design = run.job.architecture
    network = before_softmax(network_of(run.id, design, asked["step"]))
    sizes = map_layers(network, inputs)
    layer = layer_of(asked.get("layer"), sizes, last_convolution(network, sizes))
    classes = classes_of(scores_for(network, inputs), asked.get("class"), asked.get("other"))
    square = square_of(asked.get("size"), ground_of(run), mult_adds=trace(design).totals.mult_adds)
    question = Question(inputs, classes, layer, square)
    at = {} if layer is None else {"layer": torch.tensor([1.0 + list(dict(network.named_children())).index(layer)])}
    found = hangs(network, before_softmax(untrained_network_of(run.id, run.job)), question)
    sides = torch.tensor(sides_of(square.ground)[0], dtype=torch.float32)
    return {**found, **at, "bound": torch.tensor([MUCH_THE_SAME]), "sides": sides}
