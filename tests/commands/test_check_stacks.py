"""The check of random stacks: a sample of it, that it reaches every kind, and that it finds a fault."""

import json

import pytest
from click.testing import CliRunner

from explorer.architecture.kinds import KINDS
from explorer.architecture.spec import read_json
from explorer.architecture.trace import trace
from tests.architecture import check_stacks
from tests.architecture.random_stacks import random_stack

SAMPLE = 300


@pytest.mark.slow
def test_a_sample_agrees_with_torch_and_comes_back_from_every_form() -> None:
    done = CliRunner().invoke(check_stacks.main, ["--stacks", str(SAMPLE)])
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"{SAMPLE} stacks agree")


def test_the_sample_holds_every_kind_in_stacks_that_fit_and_some_that_do_not() -> None:
    traced = [trace(random_stack(seed)) for seed in range(SAMPLE)]
    fitting = [one for one in traced if one.error is None]
    assert {row.kind for one in fitting for row in one.rows} == set(KINDS)
    assert SAMPLE // 5 < len(fitting) < SAMPLE


def test_the_first_fault_ends_it_and_is_printed_as_a_design(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_stacks, "read_link", lambda _: random_stack(7))
    done = CliRunner().invoke(check_stacks.main, ["--stacks", "5"])
    assert done.exit_code == 1
    design, words = done.output.splitlines()
    assert read_json(json.dumps(json.loads(design))) == random_stack(0)
    assert words.startswith("Seed 0: link gives back")
