"""A network in Python source as a design. Nothing in the text is run by Python, imported or looked up by name."""

import ast
import threading
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.output import Output
from explorer.architecture.spec import MAX_NAME, Architecture, check
from explorer.exchange.networks.finding import HEADER, doubted, find_network
from explorer.exchange.networks.input_shape import FITTING, USUAL, Input, InputShape, Pass, candidates, enlarges, fits
from explorer.exchange.networks.interpreter import Interpreter
from explorer.exchange.networks.layer_call import refusal
from explorer.exchange.networks.passing import MISFIT
from explorer.exchange.networks.text import Text, as_text
from explorer.exchange.python.bounds import check_bounds
from explorer.exchange.python.contents import is_large
from explorer.exchange.python.machine import MAX_STEPS, RanOutError
from explorer.exchange.python.values import Instance, Tensor, Unknown, Value

NAME = "Network in PyTorch"
CHOSEN = "what is chosen here"
CALLS = "layers one after another, and functions such as F.relu(x) or torch.flatten(x, 1), of what the text settles"
_ONE_AT_A_TIME = threading.Lock()  # since what is ignored is a setting of the whole process


class Read(NamedTuple):
    """A design that was read, and where the size of its pictures comes from, in words."""

    architecture: Architecture
    input_from: str


def read_python(
    text: str | bytes, input_shape: InputShape | None = None, network: str = "", *, title: str = NAME
) -> Read:
    """Read the network in Python source, for pictures of `input_shape` or of the size that the text says or fits.

    It is called by its class, and by `title` if it has none. Raises `DesignError` that names the line it stops at.
    """
    source = as_text(text)
    try:
        return _read(source, input_shape, network, title)
    except DesignError as error:
        raise source.located(error) from error


def _read(text: Text, input_shape: InputShape | None, chosen: str, title: str) -> Read:
    check_bounds(text.source)
    tree = _parse(text.source)
    machine = Interpreter(text.source)
    try:
        machine.run(tree)
        name, network = find_network(machine, chosen)
        doubted(machine, network)
        given = Input(input_shape, CHOSEN) if input_shape else None
        called = name if network.cls.line or text.is_printed else title
        read = _fitting(machine, called, network, given)
        return _certain(read) if text.is_printed and not given else read
    except RanOutError as error:
        found = "a text that takes too long to follow"
        raise DesignError(where="design", found=found, allowed="a network in fewer steps") from error


def _parse(source: str) -> ast.Module:
    allowed = "Python source"
    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a stranger's text, into the server's log
            return ast.parse(source)
    except SyntaxError as error:
        found = f"text that is no Python ({error.msg})"
        raise DesignError(where=f"line {error.lineno or 1}", found=found, allowed=allowed) from error
    except ValueError as error:
        raise DesignError(where="design", found="characters that Python refuses", allowed=allowed) from error
    except (RecursionError, MemoryError) as error:
        raise DesignError(where="design", found="deeper nesting than Python reads", allowed=allowed) from error


def _fitting(machine: Interpreter, name: str, network: Instance, given: Input | None) -> Read:
    """Pass pictures of each likely size through, and take the first that fits; else the one that gets furthest."""

    def passes(shape: InputShape) -> Tensor:
        return _passed(machine, network, shape)

    machine.steps = MAX_STEPS  # anew: these depend on the network alone
    size, passed = _best(iter([given]) if given else candidates(machine, network, passes), passes)
    if passed.claimed:
        raise _wrong_view(passed)
    layers = tuple(step.layer for step in passed.steps)
    design = Architecture(name=_title(machine.source, name), input_shape=size.shape, layers=layers)
    words = FITTING if size.words == USUAL and fits(passed) else size.words
    return Read(check(design), words)


def _best(sizes: Iterator[Input], passes: Pass) -> tuple[Input, Tensor]:
    """Give the first size that fits, with what comes of it; else the one that gets furthest, as far as time goes.

    One from whose few pixels an adaptive pooling would make more is taken where no other fits.
    """
    best: tuple[int, Input, Tensor] | None = None
    refused: Exception = AssertionError("there is always a size")
    try:
        for size in sizes:
            try:
                passed = passes(size.shape)
            except DesignError as error:
                if MISFIT not in error.found:
                    raise
                refused = error
                continue
            if fits(passed) and not enlarges(passed):
                return size, passed
            far = _fitted(passed)
            best = (far, size, passed) if best is None or far > best[0] else best
    except RanOutError as error:
        refused = error
    if best is None:
        raise refused
    return best[1:]


def _certain(read: Read) -> Read:
    """Refuse what is printed of a network whose layers, in the order in which they stand, fit no usual size."""
    if read.input_from == FITTING and all(layer.stated is None for layer in read.architecture.layers):
        return read
    found = "layers that do not fit each other in the order in which they are printed"
    raise DesignError(where="design", found=found, allowed="the program itself, whose forward says the order")


def _fitted(passed: Tensor) -> int:
    """Count the layers that took what came to them."""
    return next((place for place, step in enumerate(passed.steps) if step.given is None), len(passed.steps))


def _wrong_view(passed: Tensor) -> DesignError:
    values = passed.known[0] if passed.known else 0
    line = passed.steps[-1].line
    return refusal(line, found=f"a view as {passed.claimed:,} values", allowed=f"{values:,}, which come in")


def _title(source: str, name: str) -> str:
    """Name a design as a program that was written here says, else by its class."""
    header = HEADER.search(source)
    said = header[1] if header else "".join(filter(str.isprintable, name))[:MAX_NAME]
    return said if said.strip() else NAME


def _passed(machine: Interpreter, network: Instance, shape: InputShape) -> Tensor:
    """Give what comes of pictures of a shape; raises `DesignError` where they leave the language's ways."""
    try:
        return _followed(machine, network, shape)
    except DesignError as error:
        if not machine.seen.slips:
            raise
        line, told = next(iter(machine.seen.slips.items()))
        found = f"{error.found}; besides, a slip in line {line}: {told.rstrip('.')}"
        raise DesignError(where=error.where, found=found, allowed=error.allowed) from error


def _followed(machine: Interpreter, network: Instance, shape: InputShape) -> Tensor:
    with machine.restored():
        result = _one(machine.forward(network, Tensor(shape)))
    if isinstance(result, Tensor) and result.whole:
        line = result.steps[-1].line if result.steps else network.line
        result = Unknown("a result that is neither maps nor a row", line)
    if isinstance(result, Unknown):
        raise refusal(result.line or network.line, found=result.what, allowed=CALLS)
    if not isinstance(result, Tensor):
        found = "a forward that gives no tensor"
        raise DesignError(where=f"line {network.line}", found=found, allowed="one that gives what its last layer gives")
    return result


def _one(result: Value) -> Value:
    """Give the one tensor among what a forward returns: others may be on its way, or what a softmax makes of it."""
    if not isinstance(result, tuple | list | dict) or not result or is_large(result):
        return result
    returned = list(_each(result))
    tensors = [each for each in returned if isinstance(each, Tensor)]
    if not tensors or len(tensors) < sum(each is not None for each in returned):
        return next((each for each in returned if isinstance(each, Unknown)), result)
    scores = [tensor for tensor in tensors if not _is_output(_last(tensor))] or tensors
    longest = max(scores, key=lambda tensor: len(tensor.steps))
    for tensor in tensors:
        common = min(len(tensor.steps), len(longest.steps))
        if tensor.steps[:common] != longest.steps[:common]:
            return Unknown("two ways out of the network", tensor.steps[-1].line)
    return longest


def _each(result: Value) -> Iterator[Value]:
    """Give what is returned one by one, also of lists within it."""
    for each in result.values() if isinstance(result, dict) else result:
        if isinstance(each, tuple | list | dict):
            yield from _each(each)
        else:
            yield each


def _last(tensor: Tensor) -> Layer | None:
    return tensor.steps[-1].layer if tensor.steps else None


def _is_output(layer: Layer | None) -> bool:
    return isinstance(layer, Output)
