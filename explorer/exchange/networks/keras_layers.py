"""What each of Keras's layers is in torch: none, one or several layers, by the arguments that it is given."""

from collections.abc import Callable, Iterator

from explorer.architecture.kinds.sizes import Pair
from explorer.exchange.networks.layer_call import LayerCall, read_layer, refusal
from explorer.exchange.python.values import External, Module, Tensor, Value

ACTIVATIONS = {
    "relu": "ReLU",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "elu": "ELU",
    "gelu": "GELU",
    "softplus": "Softplus",
    "swish": "SiLU",
    "silu": "SiLU",
    "relu6": "ReLU6",
    "softmax": "Softmax",
    "log_softmax": "LogSoftmax",
}
Given = dict[str, Value]  # a layer's arguments by their names
Pairs = tuple[Pair, Pair]


def _read(name: str, line: int, *args: Value, **keywords: Value) -> LayerCall:
    return read_layer(name, list(args), keywords, line)


def _activation(given: Given, line: int) -> Iterator[LayerCall]:
    """Give the layer that an activation is, by its name or as a function of TensorFlow."""
    activation = given.get("activation")
    if isinstance(activation, Module):
        activation = activation.name.removeprefix("keras ").lower()
    name = activation.path.rpartition(".")[2] if isinstance(activation, External) else activation
    if name in (None, "linear"):
        return
    if name not in ACTIVATIONS:
        found = f"the activation {name!r}" if isinstance(name, str) else "an activation of its own"
        raise refusal(line, found=found, allowed=", ".join(ACTIVATIONS))
    kind = ACTIVATIONS[name]
    yield _read(kind, line, dim=1) if kind in ("Softmax", "LogSoftmax") else _read(kind, line)


def _pair(value: Value, line: int) -> Pair:
    match value:
        case int():
            return value, value
        case (int(height), int(width)) | [int(height), int(width)]:
            return height, width
    raise refusal(line, found="something else", allowed="a whole number, or two")


def _conv(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
    kernel, stride = _pair(given.get("kernel_size"), line), _pair(given.get("strides", 1), line)
    dilation = _pair(given.get("dilation_rate", 1), line)
    span: Pair = (dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1)
    before, after = _zeros(tensor, given, (span, stride), line)
    settings = {"kernel_size": kernel, "stride": stride, "dilation": dilation, "groups": given.get("groups", 1)}
    if before != after:
        yield _read("ZeroPad2d", line, padding=(before[1], after[1], before[0], after[0]))
    else:
        settings["padding"] = before
    channels = tensor.shape[0] if isinstance(tensor.shape[0], int) else 1
    yield _read("Conv2d", line, channels, given.get("filters"), bias=given.get("use_bias", True), **settings)
    yield from _activation(given, line)


def _zeros(tensor: Tensor, given: Given, window: Pairs, line: int) -> Pairs:
    """Give the rows and columns of zeros before and after, for windows of a span that move by a stride."""
    words = given.get("padding", "valid")
    if not isinstance(words, str) or words.lower() not in ("same", "valid"):
        raise refusal(line, found="another padding", allowed="'same' or 'valid'", argument="padding")
    if words.lower() == "valid" or len(tensor.shape) != 3:
        return (0, 0), (0, 0)
    every = [_missing(size, *each) for size, each in zip(tensor.shape[1:], zip(*window, strict=True), strict=True)]
    return (every[0] // 2, every[1] // 2), (every[0] - every[0] // 2, every[1] - every[1] // 2)


def _missing(size: Value, span: int, stride: int) -> int:
    """Give the zeros that a side needs for as many windows as it has strides, the last begun counted."""
    return max((-(-size // stride) - 1) * stride + span - size, 0) if isinstance(size, int) else 0


def _pool(name: str) -> "Layers":
    def layers(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
        kernel = _pair(given.get("pool_size", 2), line)
        stride = kernel if given.get("strides") is None else _pair(given["strides"], line)
        before, after = _zeros(tensor, given, (kernel, stride), line)
        if before != (0, 0):  # torch would take a mean over zeros, Keras over what there is
            raise refusal(line, found="a pooling with padding='same' over so few pixels", allowed="padding='valid'")
        yield _read(name, line, kernel, stride, ceil_mode=after != (0, 0))

    return layers


def _global(name: str) -> "Layers":
    def layers(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
        yield _read(name, line, 1)
        if not given.get("keepdims"):
            yield None

    return layers


def _dense(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
    if len(tensor.shape) != 1:
        raise refusal(line, found="Keras's Dense on maps", allowed="Flatten before it: on maps it weighs channels")
    size = tensor.shape[0] if isinstance(tensor.shape[0], int) else 1
    yield _read("Linear", line, size, given.get("units"), bias=given.get("use_bias", True))
    yield from _activation(given, line)


def _simple(name: str, **keywords: str) -> "Layers":
    """Give a layer of torch whose arguments are Keras's under other names."""

    def layers(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
        settings = {argument: given[theirs] for argument, theirs in keywords.items() if theirs in given}
        yield _read(name, line, **settings)

    return layers


def _leaky(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
    yield _read("LeakyReLU", line, given.get("negative_slope", given.get("alpha", 0.3)))


def _relu(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
    if given.get("max_value") not in (None, 6, 6.0):
        raise refusal(line, found="a ReLU with another max_value", allowed="none, or 6")
    yield _read("ReLU6" if given.get("max_value") else "ReLU", line)


def _norm(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
    """Give Keras's momentum as torch counts it: the share of the new batch."""
    momentum, eps = given.get("momentum", 0.99), given.get("epsilon", 1e-3)
    share = round(1 - momentum, 12) if isinstance(momentum, int | float) else momentum
    size = tensor.shape[0] if isinstance(tensor.shape[0], int) else 1
    yield _read(f"BatchNorm{'2d' if len(tensor.shape) == 3 else '1d'}", line, size, eps, share)


def _pad(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
    match given.get("padding", 1):
        case int(all_sides):
            yield _read("ZeroPad2d", line, all_sides)
        case (int(height), int(width)):
            yield _read("ZeroPad2d", line, (width, width, height, height))
        case ((int(top), int(bottom)), (int(left), int(right))):
            yield _read("ZeroPad2d", line, (left, right, top, bottom))
        case _:
            raise refusal(line, found="something else", allowed="whole numbers", argument="padding")


def _flatten(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
    yield None


def _softmax(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
    yield _read("Softmax", line, dim=1)


def _named(tensor: Tensor, given: Given, line: int) -> Iterator[LayerCall | None]:
    yield from _activation(given, line)


Layers = Callable[[Tensor, Given, int], Iterator[LayerCall | None]]  # None lays maps out as a row
LAYERS: dict[str, Layers] = {
    "Conv2D": _conv,
    "MaxPooling2D": _pool("MaxPool2d"),
    "AveragePooling2D": _pool("AvgPool2d"),
    "GlobalAveragePooling2D": _global("AdaptiveAvgPool2d"),
    "GlobalMaxPooling2D": _global("AdaptiveMaxPool2d"),
    "Dense": _dense,
    "Flatten": _flatten,
    "Dropout": _simple("Dropout", p="rate"),
    "SpatialDropout2D": _simple("Dropout2d", p="rate"),
    "Activation": _named,
    "ReLU": _relu,
    "LeakyReLU": _leaky,
    "ELU": _simple("ELU", alpha="alpha"),
    "Softmax": _softmax,
    "BatchNormalization": _norm,
    "ZeroPadding2D": _pad,
}
