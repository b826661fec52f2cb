"""How an order to look into a large network is answered."""

import msgspec
import torch
from safetensors.torch import save

from explorer.data.files import DataError
from explorer.process.limits import is_shortage
from explorer.training.errors import TrainingError
from explorer.web.looking.looked import forget_networks
from explorer.web.looking.subject import REFUSALS, Answer, Order, Tensors, find_named, read_order

SHORTAGE = (
    "This look needs more memory than the process that looks into large networks may have. Look at smaller pictures, "
    "or into a network of fewer channels."
)


def answer_line(line: bytes) -> bytes:
    """Answer a line of JSON by another."""
    return msgspec.json.encode(answer_order(read_order(line)))


def answer_order(order: Order) -> Answer:
    """Look, or say why that cannot be; where memory is short, once more without what is kept of earlier looks."""
    answer = _answered(order)
    if answer.refusal != SHORTAGE:
        return answer
    forget_networks()
    return _answered(order)


def _answered(order: Order) -> Answer:
    try:
        found = find_named(order.find)(order.subject, order.asked)
    except tuple(REFUSALS) as error:
        return Answer(order.number, refusal=str(error), status=REFUSALS[type(error)])
    except (TrainingError, DataError) as error:
        return Answer(order.number, refusal=str(error), status=404)
    except (MemoryError, RuntimeError) as error:
        words = SHORTAGE if is_shortage(error) else f"This network could not be looked into: {error}"
        return Answer(order.number, refusal=words, status=503)
    return Answer(order.number, found=to_file(found))


def to_file(found: Tensors) -> bytes:
    """Write a file of safetensors, which takes no two tensors that share their numbers, as a flattened one does."""
    return save({name: value.clone(memory_format=torch.contiguous_format) for name, value in found.items()})
