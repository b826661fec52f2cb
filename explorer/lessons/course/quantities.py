"""What a lesson can ask a number or a shape of, in words: `params of conv1 in lenet-ng`, `gap in small-run`.

A quantity of a network is the trace's, one of a run was measured while it trained; no lesson writes either itself.
"""

import math
import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec

from explorer.architecture import edit
from explorer.architecture.analysis.reach import blind
from explorer.architecture.cost import count
from explorer.architecture.kinds.sizes import Pair, Shape
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import LayerRow, Trace, trace
from explorer.lessons.course.facts import Facts, Measured, middle
from explorer.lessons.course.text import Text

Value = int | float | Shape
Unit = Literal["count", "shape", "share", "loss", "ratio", "bytes", "seconds"]
WRITTEN = re.compile(r"([a-z_]+)(?: of ([^{}<>=]+?))?(?: in ([\w-]+))?")
MOST_LETTERS = 160


class QuantityError(ValueError):
    """A quantity that nothing can be looked up by: what was found, what is allowed, and the repair."""

    def __init__(self, *, found: str, allowed: str, repair: str = "") -> None:
        super().__init__(f"found {found}; allowed: {allowed}. {repair}".strip())
        self.found, self.allowed, self.repair = found, allowed, repair


class Quantity(msgspec.Struct, frozen=True):
    """What is looked up, of which layer or contender, and in which network or in which step's run."""

    what: str
    part: str = ""
    place: str = ""

    @property
    def is_of_run(self) -> bool:
        """Whether a run measures it."""
        return self.what in OF_RUNS


class OfDesign(NamedTuple):
    """How a quantity is read off a layer's row and off a whole network; None where it has no such meaning."""

    title: Text
    unit: Unit
    of_row: Callable[[LayerRow], Value | None] | None = None
    of_whole: Callable[[Trace], Value | None] | None = None


class OfRun(NamedTuple):
    """How a quantity is read off one run."""

    title: Text
    unit: Unit
    of_run: Callable[[Measured], float | None]


def _side(seen: int | Pair | None) -> int | None:
    return max(seen) if isinstance(seen, tuple) else seen


def _dense_share(whole: Trace) -> float:
    layers = whole.architecture.layers
    dense = sum(row.num_params for row in whole.rows if layers[row.index].role == "dense")
    return dense / max(1, whole.totals.num_params)


OF_DESIGNS: dict[str, OfDesign] = {
    "params": OfDesign(
        Text("parameters", "参数个数"), "count", lambda row: row.num_params, lambda whole: whole.totals.num_params
    ),
    "mult_adds": OfDesign(
        Text("multiply-adds", "乘加次数"), "count", lambda row: row.mult_adds, lambda whole: whole.totals.mult_adds
    ),
    "output": OfDesign(
        Text("output shape", "输出形状"), "shape", lambda row: row.output_shape, lambda whole: whole.output_shape
    ),
    "size": OfDesign(Text("numbers that come out", "输出的数的个数"), "count", lambda row: count(row.output_shape)),
    "receptive_field": OfDesign(
        Text("receptive field in pixels", "感受野（像素）"),
        "count",
        lambda row: _side(row.receptive_field),
        lambda whole: _side(whole.totals.receptive_field),
    ),
    "blind": OfDesign(
        Text("pixels that reach no output", "到不了输出的像素"),
        "count",
        of_whole=lambda whole: blind(whole.architecture).pixels,
    ),
    "param_bytes": OfDesign(
        Text("memory of the parameters", "参数占用的内存"),
        "bytes",
        lambda row: row.param_bytes,
        lambda whole: whole.totals.param_bytes,
    ),
    "dense_share": OfDesign(
        Text("share of the parameters in dense layers", "全连接层所占的参数比例"),
        "share",
        of_whole=_dense_share,
    ),
    "uniform_loss": OfDesign(
        Text("loss of a network that knows nothing", "一无所知的网络的损失"),
        "loss",
        of_whole=lambda whole: math.log(edit.num_classes(whole.architecture) or 1),
    ),
}
OF_RUNS: dict[str, OfRun] = {
    "first_loss": OfRun(Text("first training loss", "最初的训练损失"), "loss", lambda run: run.first_loss),
    "train_accuracy": OfRun(
        Text("accuracy on the training pictures", "训练准确率"), "share", lambda run: run.train_accuracy
    ),
    "test_accuracy": OfRun(Text("accuracy on the test pictures", "测试准确率"), "share", lambda run: run.test_accuracy),
    "best_test_accuracy": OfRun(
        Text("best accuracy on the test pictures", "最高测试准确率"), "share", lambda run: run.best_test_accuracy
    ),
    "gap": OfRun(
        Text("training accuracy above test accuracy by", "训练准确率高出测试准确率"), "share", lambda run: run.gap
    ),
    "grad_ratio": OfRun(
        Text("first layer's gradient over the last one's", "第一层与最后一层梯度之比"),
        "ratio",
        lambda run: run.grad_ratio,
    ),
    "seconds": OfRun(Text("seconds of training", "训练秒数"), "seconds", lambda run: run.seconds),
}
SPREAD = "spread"  # of the best test accuracies over the seeds of a race
OF_RUNS[SPREAD] = OfRun(
    Text("best test accuracies apart, over the seeds, by", "各随机种子最高测试准确率之差"),
    "share",
    lambda run: run.best_test_accuracy,
)


def read_quantity(text: str) -> Quantity:
    """Read a quantity as a lesson writes it; raises `QuantityError`."""
    found = WRITTEN.fullmatch(text.strip()) if len(text) <= MOST_LETTERS else None
    if found is None:
        allowed = "QUANTITY, QUANTITY of LAYER, QUANTITY of LAYER in NETWORK, QUANTITY in STEP"
        raise QuantityError(found=_shown(text), allowed=allowed, repair="Such as: params of conv1 in lenet-ng.")
    what, part, place = (part or "" for part in found.groups())
    if what not in OF_DESIGNS and what not in OF_RUNS:
        names = [*OF_DESIGNS, *OF_RUNS]
        raise QuantityError(found=_shown(what), allowed=f"one of {', '.join(names)}", repair=meant(what, names))
    return Quantity(what, part, place)


def _shown(text: str) -> str:
    return f"“{text[:60]}{'…' * (len(text) > 60)}”"


def meant(found: str, names: list[str]) -> str:
    """Name what was probably meant; nothing where nothing is near."""
    near = get_close_matches(found[:60], names, n=1)
    return f"Write {near[0]}." if near else ""


def unit_of(quantity: Quantity) -> Unit:
    """Say in what a quantity is measured."""
    return (OF_DESIGNS.get(quantity.what) or OF_RUNS[quantity.what]).unit


def title_of(quantity: Quantity) -> Text:
    """Name a quantity in words."""
    return (OF_DESIGNS.get(quantity.what) or OF_RUNS[quantity.what]).title


@lru_cache(maxsize=64)
def traced(design: Architecture) -> Trace:
    """Trace a network once for all that a step asks of it."""
    return trace(design)


def value_of(quantity: Quantity, facts: Facts) -> Value | None:
    """Look a quantity up; None where there is none: the layer does not fit, or the run has not measured it yet."""
    if quantity.is_of_run:
        return _of_runs(quantity, facts.runs.get(quantity.place, ()))
    design = facts.find_design(quantity.place)
    return None if design is None else _of_design(quantity, traced(design))


def _of_design(quantity: Quantity, whole: Trace) -> Value | None:
    read = OF_DESIGNS[quantity.what]
    if quantity.part:
        row = next((row for row in whole.rows if row.name == quantity.part), None)
        return read.of_row(row) if row and read.of_row else None
    return read.of_whole(whole) if read.of_whole and whole.error is None else None


def _of_runs(quantity: Quantity, runs: tuple[Measured, ...]) -> float | None:
    meant = [run for run in runs if quantity.part in ("", run.label)]
    values = [OF_RUNS[quantity.what].of_run(run) for run in meant]
    known = [value for value in values if value is not None]
    if quantity.what == SPREAD:
        return max(known) - min(known) if known and len(known) == len(values) else None
    return middle(values)
