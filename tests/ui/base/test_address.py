"""Setups in links: what a person chose comes back, and nothing that nobody can choose gets in."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import Decoder

from explorer.exchange.packed import pack
from explorer.experiments.race.setup import RaceSetup
from explorer.experiments.sweep.axis_text import SweepSetup
from explorer.ui.base.address import LinkError, read_record

RACE = RaceSetup(question="pooling", choices=("MaxPool2d", "AvgPool2d"), seeds=5, epochs=7, rate=0.3, own_rates=True)
SWEEP = SweepSetup(fields=("seed",), texts=(("seed", "1, 2"),), draws=12, draw_seed=3, epochs=4)


@pytest.mark.parametrize("setup", [RACE, RaceSetup(), SWEEP, SweepSetup()])
def test_a_setup_comes_back(setup: RaceSetup | SweepSetup) -> None:
    assert read_record(pack(msgspec.json.encode(setup).decode()), Decoder(type(setup)), "a setup") == setup


@pytest.mark.parametrize(
    ("kind", "json", "words"),
    [
        (RaceSetup, '{"question": "x"}', "question: found 'x'; allowed: one of"),
        (RaceSetup, '{"seeds": 4}', "seeds: found 4; allowed: one of 1, 3, 5"),
        (RaceSetup, '{"epochs": 100000}', "epochs: found 100000"),
        (RaceSetup, '{"rate": 0}', "learning_rate: found 0.0"),
        (RaceSetup, '{"choices": [1]}', "choices"),
        (RaceSetup, f'{{"choices": {["a"] * 65}}}'.replace("'", '"'), "choices"),
        (RaceSetup, '{"other": 1}', "other"),
        (SweepSetup, '{"draws": 201}', "<= 200"),
        (SweepSetup, '{"draws": 0}', ">= 1"),
        (SweepSetup, '{"epochs": 0}', "epochs: found 0"),
        (SweepSetup, '{"fields": ["a", "b", "c", "d"]}', "fields"),
        (SweepSetup, f'{{"texts": [["seed", "{"1" * 401}"]]}}', "texts"),
        (SweepSetup, "[" * 9_000, "a setup: "),
    ],
)
def test_a_setup_that_cannot_be_is_refused_in_words(kind: type, json: str, words: str) -> None:
    with pytest.raises(LinkError) as refused:
        read_record(pack(json), Decoder(kind), "a setup")
    assert words in str(refused.value)
    assert "Copy the link whole" in str(refused.value)


@given(st.text() | st.text().map(pack))
def test_any_text_is_a_setup_or_refused(text: str) -> None:
    with pytest.raises(LinkError):
        read_record(text, Decoder(RaceSetup), "a setup")
