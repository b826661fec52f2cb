"""A class in Chromium: the door, two persons who cannot touch each other's runs, and the teacher who can."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import CODE, TEACHER_CODE, Join, fill_the_door
from tests.browser.steps import LONG, launch, stop, stop_button, train_button, train_long, wait_for_more_points


def test_two_persons_and_a_teacher(join: Join, address: str, tmp_path: Path) -> None:
    ann = join("Ann", "kxt-7pq")
    train_long(ann)
    train_button(ann).click()
    expect(ann.get_by_role("alert")).to_contain_text(f"epochs: found {LONG}; in this class at most 200")
    (tmp_path / "home" / "limits.toml").write_text("epochs = 1_000")
    launch(ann)
    wait_for_more_points(ann, 0)
    here = ann.url.removeprefix(address)

    bob = join("Bob", CODE, here)
    expect(stop_button(bob)).to_be_disabled()
    expect(bob.get_by_role("button", name="Pause")).to_be_disabled()
    wait_for_more_points(bob, 0)

    teacher = join("Ms T", TEACHER_CODE, here)
    expect(stop_button(teacher)).to_be_enabled()
    wait_for_more_points(teacher, 0)
    stop(teacher)
    ann.locator(".st-key-status").get_by_text(re.compile("^Stopped")).wait_for()

    teacher.goto(f"{address}/runs")
    teacher.get_by_text("Hold new launches").click()
    ann.goto(f"{address}/train")
    train_button(ann).click()
    expect(ann.get_by_role("alert").filter(has_text="The teacher holds new launches")).to_be_visible()
    log = (tmp_path / "home" / "audit.jsonl").read_text()
    assert [re.findall(f'"{word}":"([^"]*)"', log) for word in ("nickname", "action")] == [
        ["Ann", "Ms T", "Ms T"],
        ["launch", "stop", "hold launches"],
    ]


def test_the_door_opens_to_the_code_alone_and_nothing_is_seen_before(join: Join, address: str) -> None:
    page = join("Eve", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("That is not the class's code")
    expect(page.get_by_label("What the class may call you")).to_have_value("Eve")
    page.goto(f"{address}/runs")
    expect(page).to_have_url(re.compile(r"/join\?next=/runs$"))
    fill_the_door(page, "Eve", CODE)
    page.wait_for_url(f"{address}/runs")
    page.get_by_text("Nothing was tried yet").wait_for()
    expect(page.get_by_text("Hold new launches")).to_have_count(0)
    cookie = next(each for each in page.context.cookies() if each["name"] == "person")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
