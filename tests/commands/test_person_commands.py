"""`explorer export` and `explorer forget`, as a person calls them beside a server."""

from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

from explorer.runs.scheduler.server import open_runs
from explorer.runs.store.reader import Reader
from explorer.runs.store.room_events import Row
from explorer.runs.store.store import Store
from tests.commands.shell import call
from tests.runs.scene import allocations, job, wait_for_state

HOSTILE = "Ada \u202e\u2066 [x](y)"


def test_a_person_takes_all_along_and_is_forgotten_beside_a_server(tmp_path: Path) -> None:
    home, target = tmp_path / "home", tmp_path / "ada.zip"
    with closing(open_runs(home, allocations=allocations(tmp_path))) as runs:
        runs.call("ada", HOSTILE)
        run = runs.submit(job("steps 1"), "ada")
        wait_for_state(runs.store, run)
        runs.room_events.rows("ABCDEF")
        runs.room_events.append("ABCDEF", Row(1, 1.0, "teacher", "{}"))
        runs.room_events.append("ABCDEF", Row(2, 2.0, "ada", '{"what":"help","on":true}'))
        exported = call("export", HOSTILE, str(target), EXPLORER_HOME=str(home))
        assert exported.exit_code == 0, exported.output
        assert "ada (Ada [U+202E][U+2066] [x](y)), 1 run" in exported.output
        with ZipFile(target) as archive:
            assert run in archive.read("runs.jsonl").decode()
            assert archive.read("rooms.jsonl").splitlines() == [
                b'{"room":"ABCDEF","at":2.0,"event":{"what":"help","on":true}}'
            ]
        again = call("export", "ada", str(target), EXPLORER_HOME=str(home))
        assert (again.exit_code, "already a file" in again.output) == (1, True)
        forgotten = call("forget", "ada", EXPLORER_HOME=str(home))
        assert forgotten.exit_code == 0, forgotten.output
        assert (
            "Removed: 1 run, 0 races and sweeps, 0 files, 1 act in a room. 0 lines of the log stay" in forgotten.output
        )
        assert runs.store.run(run) is None
        assert [row.person for row in Reader(home / "runs.sqlite").room_events.rows("ABCDEF")] == ["teacher"]
        unknown = call("forget", "ada", EXPLORER_HOME=str(home))
        assert (unknown.exit_code, "whose id or nickname is ada" in unknown.output) == (1, True)
    assert HOSTILE not in exported.output + forgotten.output


def test_who_waits_is_not_forgotten(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "runs.sqlite")) as store:
        run = store.create(job("a"), "ada")
        refused = call("forget", "ada", EXPLORER_HOME=str(tmp_path))
        assert (refused.exit_code, "waits or trains" in refused.output) == (1, True)
        assert store.run(run) is not None


def test_of_nothing_nobody_is_forgotten(tmp_path: Path) -> None:
    home = tmp_path / "nowhere"
    for arguments in (("forget", "ada"), ("export", "ada", str(tmp_path / "ada.zip"))):
        refused = call(*arguments, EXPLORER_HOME=str(home))
        assert (refused.exit_code, home.exists()) == (1, False)
        assert "nothing is kept of anybody" in refused.output
