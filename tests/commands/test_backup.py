"""`explorer backup` and `explorer restore`, as a person calls them beside a server and after it."""

from contextlib import closing
from pathlib import Path

from explorer.runs.scheduler.server import open_runs
from explorer.runs.store.reader import Reader
from tests.commands.shell import call
from tests.runs.scene import allocations, job, wait_for_state


def test_runs_are_backed_up_beside_a_server_and_restored_without_it(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "mine.sqlite"
    with closing(open_runs(home, allocations=allocations(tmp_path))) as runs:
        before = runs.submit(job("steps 1"), "me")
        wait_for_state(runs.store, before)
        for arguments in ((), (str(copy),)):
            backed_up = call("backup", *arguments, EXPLORER_HOME=str(home))
            assert (backed_up.exit_code, Path(backed_up.output.strip()).exists()) == (0, True)
        after = runs.submit(job("steps 1"), "me")
        wait_for_state(runs.store, after)
        refused = call("restore", str(copy), EXPLORER_HOME=str(home))
        assert refused.exit_code == 1
        assert "has the folder" in refused.output
        assert "Stop it first" in refused.output
        assert {run.id for run in runs.store.history(9)} == {before, after}
    restored = call("restore", str(copy), EXPLORER_HOME=str(home))
    assert restored.exit_code == 0, restored.output
    assert [run.id for run in Reader(home / "runs.sqlite").history(9)] == [before]
    (aside,) = home.glob("runs-replaced-*.sqlite")
    assert aside.name in restored.output
    assert {run.id for run in Reader(aside).history(9)} == {before, after}


def test_of_nothing_no_backup_is_made(tmp_path: Path) -> None:
    home = tmp_path / "nowhere"
    result = call("backup", EXPLORER_HOME=str(home))
    assert (result.exit_code, home.exists()) == (1, False)
    assert "there are no runs to copy" in result.output


def test_what_is_no_backup_is_not_restored(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("my shopping list " * 100)
    result = call("restore", str(tmp_path / "list.txt"), EXPLORER_HOME=str(tmp_path / "home"))
    assert result.exit_code == 1
    assert "not a database" in result.output
    assert not (tmp_path / "home" / "runs.sqlite").exists()
