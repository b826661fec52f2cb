"""What the gate refuses could only fail, what it lets through trains, and its mends mend."""

from itertools import takewhile

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.kinds.activation import Sigmoid
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm1d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.training.cost import gate
from explorer.training.cost.gate import Device, check, mends, refusal
from explorer.training.errors import TrainingError
from explorer.training.events import Failed, Step
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe
from tests.architecture.stacks import architectures

LENET = PRESETS["lenet-d2l"].architecture
ALEXNET = PRESETS["alexnet-28"].architecture
MOST_WORK = 2_000_000  # multiply-adds for a picture, so that a step is soon taken


def stack(*layers: Layer, input_shape: tuple[int, int, int] = (1, 28, 28)) -> Architecture:
    return Architecture(name="a stack", input_shape=input_shape, layers=layers)


def normalised(recipe: Recipe) -> tuple[Architecture, Recipe]:
    return stack(Flatten(), Linear(out_features=10), BatchNorm1d()), recipe


REFUSED = {
    "more pictures than there are": (LENET, Recipe(train_size=50_000), "fashion-mnist-subset has 6,000"),
    "channels that no picture has": (
        stack(Flatten(), Linear(out_features=10), input_shape=(2, 32, 32)),
        Recipe(dataset="cifar10"),
        "takes 2 channels; the pictures of cifar10 have 3",
    ),
    "a last batch of one": (*normalised(Recipe(train_size=65, batch_size=32)), "the last batch of an epoch is one"),
    "no parameters": (stack(Flatten(), Sigmoid(), input_shape=(1, 2, 5)), Recipe(), "has no parameters"),
    "no layers": (stack(), Recipe(), "has no layers"),
    "other classes": (edit.with_num_classes(LENET, 7), Recipe(), "gives 7 numbers"),
    "more memory than there is": (ALEXNET, Recipe(batch_size=6_000), "GiB for it"),
}
MENDED = {
    "more pictures than there are": "Train on all 6,000 pictures",
    "channels that no picture has": "Let the network take 3 channels",
    "a last batch of one": "Set batch_size to 33",
    "other classes": "Let fc5 give 10 numbers",
    "more memory than there is": "Set batch_size to ",
}


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer on which AlexNet's batch of a thousand has no room."""
    monkeypatch.setattr(gate, "total_bytes", lambda: 2**29)


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("why", REFUSED)
def test_what_could_only_fail_is_refused_in_words_and_mended_where_a_change_does(why: str) -> None:
    architecture, recipe, words = REFUSED[why]
    rows = trace(architecture)
    assert words in (refusal(rows, recipe) or "")
    offered = list(mends(rows, recipe))
    assert [refusal(trace(mend.architecture), mend.recipe) for mend in offered] == [None] * len(offered)
    assert len(offered) == (why in MENDED)
    assert all(mend.label.startswith(MENDED[why]) for mend in offered)


def test_what_trains_has_nothing_to_mend() -> None:
    assert refusal(trace(LENET), Recipe()) is None
    assert list(mends(trace(LENET), Recipe())) == []


def test_a_device_is_held_to_what_is_known_of_it() -> None:
    rows, half = trace(LENET), Recipe(precision="bfloat16")
    check(rows, half, Device("a GPU"))
    with pytest.raises(TrainingError, match=r"a GPU does not compute in bfloat16\. Set precision to float32\."):
        check(rows, half, Device("a GPU", precisions=("float32",)))
    with pytest.raises(TrainingError, match=r"needs about .* GiB of memory; a GPU has 0\.0 GiB for it"):
        check(rows, Recipe(), Device("a GPU", memory=1_000))


@settings(max_examples=40)
@given(
    architecture=architectures(),
    recipe=st.builds(
        Recipe,
        train_size=st.integers(1, 40) | st.just(6_001),
        batch_size=st.integers(1, 40),
        optimizer=st.sampled_from(["SGD", "Adam"]),
        epochs=st.just(1),
        device=st.just("cpu"),
    ),
    ends=st.booleans(),
)
def test_the_loop_refuses_what_the_gate_refuses_and_trains_all_else(
    architecture: Architecture, recipe: Recipe, *, ends: bool
) -> None:
    if ends and not trace(architecture).error:
        rest = (Flatten(), Linear(out_features=10))
        architecture = replace(architecture, layers=(*architecture.layers[:60], *rest))
    rows = trace(architecture)
    assume(rows.totals.mult_adds <= MOST_WORK)
    assume(rows.totals.num_params <= MOST_WORK)
    cause = refusal(rows, recipe)
    told = takewhile(lambda event: not isinstance(event, Step), train(Job(architecture, recipe)))
    failed = [event.cause for event in told if isinstance(event, Failed)]
    assert failed == ([] if cause is None else [cause])
