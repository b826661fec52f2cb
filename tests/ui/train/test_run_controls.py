"""What the page offers for a run in each of its states, and what a click there does."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture.presets import PRESETS
from explorer.runs.store.rows import Run
from explorer.runs.store.store import Store
from explorer.training.cost import gate
from explorer.training.events import LearningRate, Started, Step
from explorer.training.recipe.recipe import Job, Recipe
from explorer.ui.base.server import runs
from tests.runs.scene import wait_until
from tests.ui.widgets import progress_words, save_buttons, widget

LENET = PRESETS["lenet-d2l"].architecture
LONG = Recipe(epochs=1_000, device="cpu")
STARTED = Started(
    device="cpu", dataset="d", train_size=640, test_size=1, num_params=1, num_steps=100, steps_per_epoch=10
)
A_STEP = Step(step=1, epoch=0.1, seconds=6.4, train_loss=2.3, train_accuracy=0.1, images_per_second=10.0)
SHORT = Recipe(epochs=1, train_size=512, device="cpu")


def opened(root: Path, run_id: str) -> AppTest:
    page = AppTest.from_file(str(root / "pages/train.py"), default_timeout=30)
    page.query_params["run"] = run_id
    return page.run()


def found(run_id: str) -> Run:
    row = runs().store.run(run_id)
    assert row is not None
    return row


def wait_for(root: Path, run_id: str, ready: Callable[[Run], bool]) -> AppTest:
    """Open a run's page once the run has come to what is waited for."""
    wait_until(lambda: ready(found(run_id)))
    return opened(root, run_id)


def enabled(page: AppTest) -> list[str]:
    names = ("hold", "one_step", "stop", "end_now", "continue", "run_again")
    return [button.key for button in page.button if button.key in names and not button.disabled]


def is_state(state: str) -> Callable[[Run], bool]:
    return lambda run: run.state == state


@pytest.mark.slow
def test_a_run_is_paused_stepped_changed_resumed_stopped_and_continued(root: Path) -> None:
    run = runs().submit(Job(LENET, LONG), "me")
    page = wait_for(root, run, lambda row: row.step > 0)
    assert enabled(page) == ["hold", "stop"]
    page.button(key="hold").click().run()
    page = wait_for(root, run, is_state("paused"))
    assert enabled(page) == ["hold", "one_step", "stop"]
    at = found(run).step
    assert progress_words(page).startswith(f"Paused after step {at:,}")

    page.button(key="one_step").click().run()
    page = wait_for(root, run, lambda row: row.step == at + 1)
    widget(page, f"rate_{run}").set_value(0.25)
    page.button(key="change_rate").click().run()
    changed = lambda _: any(isinstance(event, LearningRate) for _, event in runs().store.events(run))  # noqa: E731
    page = wait_for(root, run, changed)
    assert widget(page, f"rate_{run}").value == 0.25
    page.button(key="hold").click().run()
    page = wait_for(root, run, lambda row: row.state == "running" and row.step > at + 1)

    page.button(key="stop").click().run()
    page = wait_for(root, run, is_state("cancelled"))
    assert enabled(page) == ["continue", "run_again"]
    page.button(key="continue").click().run()
    continuation = page.query_params["run"]
    assert continuation != [run]
    page = wait_for(root, _name(continuation), lambda row: row.state == "running")
    assert any(", continued · " in each.value for each in page.markdown)
    runs().cancel(_name(continuation))
    wait_for(root, _name(continuation), is_state("cancelled"))


def test_a_run_that_stops_says_so_and_offers_to_end_it_now(root: Path) -> None:
    with closing(Store(runs().store.path)) as store:
        run = store.create(Job(LENET, Recipe(batch_size=64)), "me")
        store.claim([run])
        store.append(run, [STARTED, A_STEP])
        store.stop(run)
        page = opened(root, run)
        assert progress_words(page).startswith("Stopping after this step, which takes about 6.4 s.")
        assert enabled(page) == ["end_now"]
        page.button(key="end_now").click().run()  # no worker has it: nothing happens
        assert not page.exception
        store.move(run, ["stopping"], "cancelled")


def _name(parameter: str | list[str]) -> str:
    return parameter if isinstance(parameter, str) else parameter[0]


@pytest.mark.parametrize("rate", [1e-9, 0.003, 1.0, 2.5, 100.0])
def test_a_run_of_any_learning_rate_can_be_looked_at(root: Path, rate: float) -> None:
    run = runs().submit(Job(LENET, msgspec.structs.replace(LONG, learning_rate=rate)), "me")
    page = opened(root, run)
    assert not page.exception
    runs().cancel(run)


@pytest.mark.slow
def test_a_finished_run_goes_on_for_more_epochs_and_again_with_the_same_figures(root: Path) -> None:
    run = runs().submit(Job(LENET, msgspec.structs.replace(SHORT, seed=11)), "me")
    page = wait_for(root, run, is_state("finished"))
    assert enabled(page) == ["continue", "run_again"]
    widget(page, f"more_epochs_{run}").set_value(2)
    page.button(key="continue").click().run()
    longer = _name(page.query_params["run"])
    wait_for(root, longer, is_state("finished"))
    assert (found(longer).epoch, found(longer).continues) == (3.0, run)

    page = opened(root, run)
    page.button(key="run_again").click().run()
    again = _name(page.query_params["run"])
    page = wait_for(root, again, is_state("finished"))
    assert "equal to the last bit" in page.success[0].value


def test_the_weights_the_checkpoint_and_the_receipt_are_offered_where_they_are_kept(root: Path) -> None:
    run = runs().submit(Job(LENET, SHORT), "me")
    page = wait_for(root, run, is_state("finished"))
    page.session_state["more"] = True
    page.run()
    (weights, of_weights), (checkpoint, of_checkpoint) = save_buttons(page).items()
    assert (weights, of_weights) == ("Save the weights (0.247 MB, safetensors)", f"save/weights/{run}")
    assert checkpoint.startswith("Save the checkpoint (0.25")
    assert of_checkpoint == f"save/checkpoint/{run}"
    runs().checkpoint(run).unlink()
    page.run()
    assert save_buttons(page) == {}
    assert [button.proto.label for button in page.get("download_button")] == ["Save the receipt as JSON"]
    assert enabled(page) == ["run_again"]


def test_a_checkpoint_that_is_gone_meanwhile_is_told_in_words(root: Path) -> None:
    run = runs().submit(Job(LENET, SHORT), "me")
    page = wait_for(root, run, is_state("finished"))
    runs().checkpoint(run).unlink()
    page.button(key="continue").click().run()
    assert "not a checkpoint that can be read" in page.error[0].value


def test_another_server_only_shows(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs().submit(Job(LENET, SHORT), "me")
    wait_for(root, run, is_state("finished"))
    monkeypatch.setattr(runs(), "read_only", "Another server trains.")
    assert enabled(opened(root, run)) == []


def test_what_could_only_fail_is_neither_continued_nor_run_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs().submit(Job(LENET, SHORT), "me")
    wait_for(root, run, is_state("finished"))
    monkeypatch.setattr(gate, "total_bytes", lambda: 1_000)
    for key in ("continue", "run_again"):
        page = opened(root, run)
        page.button(key=key).click().run()
        assert not page.exception
        assert "GiB of memory; cpu has 0.0 GiB for it" in page.error[0].value
        assert page.query_params["run"] in (run, [run])
