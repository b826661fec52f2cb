"""What differs between contenders, counted over all the places that either has."""

import itertools

import pytest

from explorer.architecture.presets import PRESETS
from explorer.training.race import Contender
from explorer.training.recipe import Recipe
from explorer.views.race import difference_words

PAIRS = list(itertools.permutations(PRESETS, 2))


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_no_more_layers_differ_than_there_are(one: str, other: str) -> None:
    first, second = (Contender(name, PRESETS[name].architecture, Recipe()) for name in (one, other))
    words = difference_words(first, second).split()
    if "layers" in words:
        at = words.index("layers")
        assert int(words[at - 3]) <= int(words[at - 1])
