"""A step in parts is the whole step, and how many parts are computed at once changes no bit of it."""

import threading
from typing import Any

import msgspec
import pytest
import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer.architecture.kinds.activation import PReLU, ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.regularisation import Dropout, Dropout2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.training.cost.way import choose_way
from explorer.training.events import Event, Way
from explorer.training.loop.control import Control
from explorer.training.loop.parts import PartDropout, Parts
from explorer.training.loop.prepare import PreparedRun, prepare
from explorer.training.loop.step import Figures, take_step
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.threads import Threads
from tests.training.small_jobs import BASE, DROPPING, SMALL, without_times

LAYERS = (Conv2d(out_channels=4, kernel_size=7, stride=5), Dropout2d(p=0.25), PReLU(), Flatten(), Dropout())
DRAWING = Architecture("drawing", (1, 28, 28), (*LAYERS, Linear(out_features=32), ReLU(), Linear(out_features=10)))
PICKED = torch.arange(40)


def prepared(recipe: Recipe, *, parts: int, architecture: Architecture = SMALL) -> PreparedRun:
    torch.manual_seed(recipe.seed)
    return prepare(Job(architecture, recipe), Way(parts=parts))


def weights(run: PreparedRun) -> Tensor:
    return torch.cat([param.detach().flatten() for param in run.network.parameters()])


def take(run: PreparedRun, picked: Tensor, *, threads: int = 1) -> Figures:
    torch.manual_seed(5)
    return Parts(run, Threads(threads)).take(picked)


@pytest.mark.slow
@given(
    parts=st.integers(2, 8),
    pictures=st.integers(1, 40),
    changes=st.sampled_from([{}, {"label_smoothing": 0.1}, {"clip_grad_norm": 0.1}, {"augmentation": "flip+crop"}]),
    name=st.sampled_from(["small", "lenet-d2l", "lenet5-1998"]),
)
@settings(max_examples=30)
def test_a_step_in_parts_is_the_whole_step(parts: int, pictures: int, changes: dict[str, Any], name: str) -> None:
    architecture = SMALL if name == "small" else PRESETS[name].architecture
    recipe = msgspec.structs.replace(BASE, **changes)
    whole, cut = (prepared(recipe, parts=each, architecture=architecture) for each in (1, parts))
    before = weights(cut)
    expected, found = take_step(whole, PICKED[:pictures]), take(cut, PICKED[:pictures])
    assert [value.item() for value in found] == pytest.approx([value.item() for value in expected], rel=1e-5)
    moved = weights(cut) - before
    assert torch.allclose(moved, weights(whole) - before, rtol=1e-3, atol=1e-6)
    assert moved.any()


@pytest.mark.parametrize("parts", [2, 4, 8])
@pytest.mark.parametrize("changes", [{}, {"precision": "bfloat16"}, {"optimizer": "Adam", "learning_rate": 0.01}])
def test_how_many_threads_compute_the_parts_changes_no_bit(parts: int, changes: dict[str, Any]) -> None:
    job = Job(DRAWING, msgspec.structs.replace(BASE, train_size=80, **changes))
    way = Way(parts=parts)
    told = [without_times(train(job, way=way, control=Control(threads=Threads(count)))) for count in (1, 2, 4)]
    assert told[0] == told[1] == told[2]
    assert told[0][0]["surroundings"]["parts"] == parts


def test_threads_may_be_given_and_taken_while_a_run_trains() -> None:
    job, control = Job(DRAWING, BASE), Control(threads=Threads(1))
    changed: list[Event] = []
    for event in train(job, way=Way(parts=4), control=control):
        changed.append(event)
        control.threads.count = 1 + len(changed) % 3
    assert without_times(changed) == without_times(train(job, way=Way(parts=4)))


@pytest.mark.parametrize("p", [0.0, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("kind", [nn.Dropout, nn.Dropout2d])
def test_a_part_drops_the_share_that_torch_drops(kind: type[nn.Dropout | nn.Dropout2d], p: float) -> None:
    ones = torch.ones(64, 50, 4, 4)
    given = PartDropout(kind(p), torch.Generator().manual_seed(1))(ones)
    torch.manual_seed(1)
    assert given.unique().tolist() == kind(p)(ones).unique().tolist()
    assert given.mean().item() == pytest.approx(0.0 if p == 1 else 1.0, abs=0.05)
    are_maps_whole = (given.amin((2, 3)) == given.amax((2, 3))).all().item()
    assert are_maps_whole == (kind is nn.Dropout2d or p in (0, 1))


def test_parts_of_one_step_and_two_steps_drop_differently() -> None:
    layers = (Flatten(), Dropout(), Linear(out_features=10))
    recipe = msgspec.structs.replace(BASE, learning_rate=1e-12)  # the weights stay
    run = prepared(recipe, parts=2, architecture=Architecture("dropped", (1, 28, 28), layers))
    alike = torch.zeros(2, dtype=torch.int64)  # one picture twice, a part each
    first, both = take(run, alike[:1])[0], take(run, alike)[0]
    assert first != both, "both parts dropped the same"
    parts = Parts(run, Threads(1))
    assert len({parts.take(alike)[0].item() for _ in range(5)}) == 5


def test_a_loss_that_is_no_number_leaves_the_weights_as_they_are() -> None:
    run = prepared(BASE, parts=2)
    with torch.no_grad():
        run.network.get_parameter("fc2.bias").fill_(torch.inf)
    before = weights(run)
    loss, _ = take(run, PICKED)
    assert loss.isnan()
    assert torch.equal(weights(run), before)


def test_threads_give_results_in_order_and_raise_once_all_have_ended() -> None:
    threads, ended = Threads(3), list[int]()
    assert threads.do([lambda number=number: number for number in range(20)]) == list(range(20))  # type: ignore[misc]
    gate = threading.Barrier(2)

    def fail() -> None:
        gate.wait()
        raise MemoryError("the second part")

    def last() -> None:
        gate.wait()
        ended.append(1)

    with pytest.raises(MemoryError, match="the second part"):
        threads.do([fail, last])
    assert ended == [1]
    assert threads.do([]) == []


def test_what_a_part_raises_is_never_taken_for_the_end_of_the_work() -> None:
    """torch raises IndexError itself, for a class that a network does not have."""
    for count in (1, 2):
        with pytest.raises(IndexError, match="Target 9"):
            Threads(count).do([lambda: F.cross_entropy(torch.zeros(1, 5), torch.tensor([9]))] * 3)


def test_each_part_has_one_thread_of_torch_and_the_caller_keeps_its_own() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for count in (1, 2):
            assert Threads(count).do([torch.get_num_threads] * 4) == [1] * 4
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("architecture", "batch_size", "cores", "way"),
    [
        (SMALL, 256, 2, Way(parts=2)),
        (SMALL, 256, 4, Way(parts=4)),
        (SMALL, 256, 64, Way(parts=8)),
        (SMALL, 32, 8, Way(parts=2)),
        (SMALL, 31, 8, Way(threads=8)),
        (SMALL, 256, 1, Way()),
        (DROPPING, 256, 4, Way(threads=4)),  # batch normalisation needs the whole batch
    ],
)
def test_a_batch_has_a_part_for_each_core_if_its_pictures_do_not_need_each_other(
    architecture: Architecture, batch_size: int, cores: int, way: Way
) -> None:
    recipe = msgspec.structs.replace(BASE, batch_size=batch_size)
    assert choose_way(trace(architecture), recipe, cores=cores, found=None) == way
