"""`lesson check`: a lesson that ships is solved, a wrong file is refused by its line."""

from pathlib import Path

from explorer.lessons.course.shipped import shipped_file
from tests.commands.shell import call


def test_each_step_is_named_with_what_solves_it() -> None:
    done = call("lesson", "check", "convolution-cost")
    assert done.exit_code == 0
    assert "dense       ok: right is 14450688" in done.output


def test_what_cannot_be_solved_or_read_is_said(tmp_path: Path) -> None:
    good = shipped_file("convolution-cost").read_text(encoding="utf-8")
    file = tmp_path / "own.toml"
    file.write_text(good.replace("params <= 50_000", "params <= 5"), encoding="utf-8")
    assert "slimmer     open: no small change" in call("lesson", "check", str(file)).output
    file.write_text(good.replace("params <= 50_000", "params <= 500_000"), encoding="utf-8")
    assert call("lesson", "check", str(file)).exit_code == 1
    file.write_text(good.replace("minutes = 12", "minutes = 0"), encoding="utf-8")
    refused = call("lesson", "check", str(file))
    assert refused.exit_code == 2
    assert "line 1, minutes: found 0; allowed: a whole number from 1 to 180." in refused.output
    assert call("lesson", "check", "nowhere.toml").exit_code == 2
