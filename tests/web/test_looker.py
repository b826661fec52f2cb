"""The process that looks into large networks: it answers as this one would, is replaced when it dies, and ends idle."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import torch
from safetensors.torch import load

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.runs.child_process import module_command
from explorer.runs.store.run_files import kept_files
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.weights.weight_files import FileWeightKeeper
from explorer.web.looking.look_route import find_maps, find_weights
from explorer.web.looking.looker import MEMORY, Looker, LookerError
from explorer.web.looking.looker_answers import SHORTAGE, answer_order
from explorer.web.looking.subject import Asked, Order, Subject, Tensors, name_of
from tests.runs.scene import wait_until

pytestmark = pytest.mark.slow
LENET = PRESETS["lenet-d2l"].architecture
SUBJECT = Subject("run", Job(LENET, Recipe()), "fashion-mnist-subset")
PICTURE = {"step": 0, "picture": 3}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one run's weights."""
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    kept = FileWeightKeeper(kept_files(tmp_path).weights.path(SUBJECT.id))
    assert list(kept.keep(build(LENET), step=0, looks=1)) == []
    return tmp_path


@pytest.fixture
def looker(home: Path) -> Iterator[Looker]:  # its environment
    with closing(Looker()) as looker:
        yield looker


def test_it_answers_as_this_process_does_also_what_it_refuses(looker: Looker) -> None:
    for find, asked in ((find_maps, PICTURE), (find_weights, {"step": 0, "layer": "fc3", "row": 7})):
        theirs = looker.ask(find, SUBJECT, dict(asked))
        ours = answer_order(Order(theirs.number, name_of(find), SUBJECT, dict(asked)))
        assert load(theirs.found).keys() == load(ours.found).keys()
        assert all(value.equal(load(ours.found)[name]) for name, value in load(theirs.found).items())
    refused = looker.ask(find_maps, SUBJECT, {"step": 0, "picture": 1_000})
    assert (refused.status, refused.refusal) == (404, "There is no test picture 1,000; they go from 0 to 999.")


def test_one_that_dies_is_told_and_replaced(looker: Looker) -> None:
    looker.ask(find_maps, SUBJECT, dict(PICTURE))
    first = looker.process_id
    looker.close()
    wait_until(lambda: looker.process_id is None)
    assert looker.ask(find_maps, SUBJECT, dict(PICTURE)).found
    assert looker.process_id not in (None, first)


def test_a_look_that_it_does_not_live_to_answer_is_refused_in_words(home: Path) -> None:
    dies = ("sh", "-c", "read order; exit 3")
    with closing(Looker(dies)) as looker, pytest.raises(LookerError, match=r"ended with exit code 3.*Try again"):
        looker.ask(find_maps, SUBJECT, dict(PICTURE))


def test_one_that_does_not_answer_is_not_waited_for_for_ever(home: Path) -> None:
    with closing(Looker(("sleep", "60"), patience=0.2)) as looker, pytest.raises(LookerError, match="within 0 seconds"):
        looker.ask(find_maps, SUBJECT, dict(PICTURE))


def test_it_ends_when_nobody_looks_and_starts_again(home: Path) -> None:
    command = module_command("explorer.web.looking.looker_process", "0.5")
    with closing(Looker(command)) as looker:
        assert looker.ask(find_maps, SUBJECT, dict(PICTURE)).found
        wait_until(lambda: looker.process_id is None)
        assert looker.ask(find_maps, SUBJECT, dict(PICTURE)).found


def find_too_much(subject: Subject, asked: Asked) -> Tensors:
    """Take twice the memory that the process is given."""
    return {"maps": torch.ones(MEMORY // 2)}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems set a process no limit of memory that holds")
def test_one_that_is_given_too_little_memory_says_so_and_lives_on(looker: Looker) -> None:
    refused = looker.ask(find_too_much, SUBJECT, {})
    assert (refused.status, refused.refusal) == (503, SHORTAGE)
    first = looker.process_id
    assert looker.ask(find_maps, SUBJECT, dict(PICTURE)).found
    assert looker.process_id == first
