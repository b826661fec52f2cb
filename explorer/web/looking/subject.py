"""What is looked into, and what comes of it: known to the server and to the process that looks for it alike."""

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import msgspec
from torch import Tensor

from explorer.looking.choices import ChoiceError
from explorer.looking.exciting import NoSuchLayerError
from explorer.looking.own_picture import OwnPictureError
from explorer.training.recipe.recipe import Job

Tensors = dict[str, Tensor]
LOOKER = "EXPLORER_LOOKER"  # of the environment: set in the process that looks into large networks


class Subject(msgspec.Struct, frozen=True):
    """A run whose network is looked into."""

    id: str
    job: Job
    dataset: str


Asked = Mapping[str, Any]  # what the address and its query say
Find = Callable[[Subject, Asked], Tensors]


class TooLargeError(Exception):
    """A network is too large to be looked into here; says how large it is, and what is allowed."""


class NoSuchPictureError(Exception):
    """A picture that is asked for is not there; says which are."""


class Order(msgspec.Struct, frozen=True):
    """What the process that looks is asked: `find` names a function as `module:name`."""

    number: int
    find: str
    subject: Subject
    asked: dict[str, Any]


class Answer(msgspec.Struct, frozen=True):
    """What it says to that: a file of safetensors, or why there is none, with the status of HTTP for it."""

    number: int
    found: bytes = b""
    refusal: str = ""
    status: int = 200


_ORDER, _ANSWER = msgspec.json.Decoder(Order), msgspec.json.Decoder(Answer)
REFUSALS: dict[type[Exception], int] = {
    OwnPictureError: 422,
    NoSuchPictureError: 404,
    NoSuchLayerError: 404,
    TooLargeError: 404,
    ChoiceError: 404,
}


def read_order(line: bytes) -> Order:
    """Read an order from a line of JSON."""
    return _ORDER.decode(line)


def read_answer(line: bytes) -> Answer:
    """Read an answer from a line of JSON."""
    return _ANSWER.decode(line)


def is_looker() -> bool:
    """Say whether this is the process that looks into large networks."""
    return LOOKER in os.environ


def name_of(find: Find) -> str:
    """Name a function for another process."""
    return f"{find.__module__}:{find.__name__}"


def find_named(name: str) -> Find:
    """Give the function that another process has named."""
    module, _, function = name.partition(":")
    found: Find = getattr(import_module(module), function)
    return found
