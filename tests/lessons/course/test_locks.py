"""What a step fixes holds for every edit: of all settings of a network those alone can change that it lets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.build import layer_names
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.experiments.race.setup import RaceSetup
from explorer.lessons.course.locks import LockedError, Locks
from explorer.training.recipe.recipe import Recipe

LENET = PRESETS["lenet-d2l"].architecture
SETTINGS = [
    (index, f"{name}.{field}", field)
    for index, name in enumerate(layer_names(LENET.layers))
    for field in LENET.layers[index].__struct_fields__
    if isinstance(getattr(LENET.layers[index], field), int)
]


def changed(index: int, field: str) -> Architecture:
    layer = LENET.layers[index]
    value = getattr(layer, field)
    other = not value if isinstance(value, bool) else value + 1
    return edit.replace_layer(LENET, index, replace(layer, **{field: other}))


def is_let(locks: Locks, design: Architecture) -> bool:
    try:
        locks.check_design(design)
    except LockedError:
        return False
    return True


@given(let=st.sampled_from(SETTINGS), tried=st.sampled_from(SETTINGS))
def test_one_setting_alone_can_change(let: tuple[int, str, str], tried: tuple[int, str, str]) -> None:
    index, name, field = tried
    locks = Locks(design=LENET, lets=frozenset([let[1]]))
    assert is_let(locks, changed(index, field)) is (name == let[1])
    assert locks.fixes(*name.split(".")) is (name != let[1])


def test_layers_neither_come_nor_go_nor_change_their_kind_unless_they_may() -> None:
    fixed, free = Locks(design=LENET, lets=frozenset()), Locks(design=LENET, lets=frozenset(["layers"]))
    active = Locks(design=LENET, lets=frozenset(["activations"]))
    more, other = edit.insert(LENET, 0, ReLU()), edit.replace_activations(LENET, "ReLU")
    wider = replace(LENET, input_shape=(1, 32, 32))
    assert [is_let(fixed, design) for design in (LENET, more, other, wider)] == [True, False, False, False]
    assert [is_let(free, design) for design in (LENET, more, other, wider)] == [True] * 4
    assert [is_let(active, design) for design in (LENET, more, other, wider)] == [True, False, True, False]
    assert all(is_let(Locks(design=LENET), design) for design in (more, other, wider))


def test_a_range_holds_for_a_setting_that_may_change() -> None:
    locks = Locks(recipe=Recipe(), lets=frozenset(["recipe.epochs"]), ranges={"recipe.epochs": (5, 20)})
    locks.check_recipe(Recipe(epochs=20))
    with pytest.raises(LockedError, match=r"^epochs: found 21; allowed in this step of the lesson: 5 to 20"):
        locks.check_recipe(Recipe(epochs=21))
    with pytest.raises(LockedError, match=r"seed: found 1; allowed .*: 0\."):
        locks.check_recipe(Recipe(seed=1))
    with pytest.raises(LockedError, match=r"seeds: found 5"):
        Locks(setup=RaceSetup(), lets=frozenset()).check_setup(RaceSetup(seeds=5))
