"""A step's state put into the session and its page, held there, and the link that leads to it."""

from collections.abc import Callable
from typing import TypeVar

from explorer.architecture import edit
from explorer.architecture.build import layer_names
from explorer.exchange.design_history import DesignHistory
from explorer.lessons.course.answer import Progress
from explorer.lessons.course.lesson import Lesson, LessonStep, design_of, locks_of, recipe_of, setup_of
from explorer.lessons.course.locks import LockedError
from explorer.ui.base import links, state
from explorer.ui.base.links import Link, to_page
from explorer.ui.base.menu import Page
from explorer.ui.course import course_state
from explorer.ui.course.room import membership
from explorer.ui.race import race_state
from explorer.views.inside.shown import of_picture

RUNS = {Page.TRAIN: links.RUN, Page.RACE: links.RACE, Page.INSIDE: links.RUN}  # what a page shows one of
T = TypeVar("T")
PUT_BACK = "The lesson's step has its own state, which is put back: {}"


def page_of(step: LessonStep) -> Page:
    """Give the page that a step shows."""
    return next(page for page in Page if page.address == step.shows.page)


def put_in(lesson: Lesson, step: LessonStep) -> None:
    """Put what a step shows into the session; what it does not name stays."""
    session = state.session()
    design, recipe, setup = design_of(lesson, step), recipe_of(lesson, step), setup_of(step)
    if design:
        session.designs = DesignHistory(design)
    if recipe:
        session.recipe = recipe
    if setup:
        race_state.remembered().setup = setup
    session.follows_classes = edit.num_classes(session.design) == state.num_classes()
    _choose_layer(step)
    session.locks = locks_of(lesson, step)
    membership.remembered().put_in = step.name


def _choose_layer(step: LessonStep) -> None:
    names = list(layer_names(state.session().design.layers))
    if step.shows.layer in names:
        state.select(names.index(step.shows.layer))


def hold(lesson: Lesson, step: LessonStep) -> None:
    """Hold the session to what a step fixes, however it came to hold something else, and say so."""
    session, locks = state.session(), locks_of(lesson, step)
    session.locks = locks
    refused = [
        _refusal(locks.check_design, session.design),
        _refusal(locks.check_recipe, session.recipe),
        _refusal(locks.check_setup, race_state.remembered().setup),
    ]
    if any(refused):
        design, recipe, setup = design_of(lesson, step), recipe_of(lesson, step), setup_of(step)
        if refused[0] and design:
            earlier = (one for one in reversed(session.designs.past) if not _refusal(locks.check_design, one))
            session.designs = DesignHistory(next(earlier, design))
        if refused[1] and recipe:
            session.recipe = recipe
        if refused[2] and setup:
            race_state.remembered().setup = setup
        session.refusal = PUT_BACK.format(next(filter(None, refused)))


def _refusal(check: Callable[[T], None], found: T) -> str:
    """Say why a step does not let something be; nothing where it does."""
    try:
        check(found)
    except LockedError as error:
        return str(error)
    return ""


def go(lesson: Lesson, by: int) -> Link:
    """Go some steps on or back: put the state of that step in, and give the link to its page."""
    course_state.move(lesson, by)
    return arrive(lesson, course_state.progress())


def arrive(lesson: Lesson, progress: Progress) -> Link:
    """Put in the state of the step that one is at, and give the link to its page."""
    step = lesson.step(progress.at)
    put_in(lesson, step)
    course_state.remembered().told = ""
    return link_to(step, progress)


def link_to(step: LessonStep, progress: Progress) -> Link:
    """Link to a step's page with what it shows there."""
    page, run = page_of(step), progress.runs.get(step.shows.run_of or step.name)
    shown = course_state.in_address() | {links.CLAIM: step.shows.claim}
    if page in RUNS:
        shown[RUNS[page]] = run
    if page is Page.INSIDE and step.shows.picture is not None:
        shown[links.SHOW] = of_picture(step.shows.picture)
    return to_page(page, state.session().design, **shown)


def follow_address() -> None:
    """Take up the lesson and the step, or the room, that an address names by which a person has come; else go on."""
    current, address = course_state.remembered(), state.session().address
    if current.visit != address.visits:
        current.visit = address.visits
        _come()
    if membership.remembered().code:
        _go_with_the_class()
    if course_state.taken():
        address.show(course_state.in_address())


def _come() -> None:
    """Take up what an address names; who comes with a bare one to the room that they are a member of is in that."""
    lesson = links.read(links.LESSON) or ""
    is_new = state.session().address.visits == 1
    if room := links.read(links.ROOM) or (membership.latest() if is_new and not lesson else ""):
        if not membership.enter(room) and state.session().address.page != Page.LESSONS.address:
            Link(Page.LESSONS, {links.ROOM: room}).follow()  # where one enters
    elif lesson:
        _take_up(lesson, links.read(links.STEP) or "")


def _go_with_the_class() -> None:
    """Take the room as it stands, and go to its member's step, unless the page shows that, as after a reload."""
    membership.look()
    room, current = membership.view(), membership.remembered()
    if room is None:
        course_state.leave_room()
    elif current.put_in == room.progress.at:
        return
    elif not current.put_in and _has_its_state() and links.read(links.STEP) == room.progress.at:
        current.put_in = room.progress.at
    else:
        go_on_in_room().follow()


def go_on_in_room() -> Link:
    """Put in the state of the step that a member is at, and give the link to its page."""
    room = membership.view()
    assert room is not None
    return arrive(room.lesson, room.progress)


def _has_its_state() -> bool:
    """Say whether the page was opened anew, as by a reload, by an address that holds all of its state."""
    address = state.session().address
    return address.visits == 1 and address.brought_design


def _take_up(name: str, step: str) -> None:
    """Go to the step of a lesson that an address names, with the network that it says, if the step lets that be.

    What is opened anew, as by a reload, has all of its state in the address.
    """
    lesson, before = course_state.find(name), course_state.remembered().taken
    if lesson is None:
        return
    course_state.take(name)
    progress = course_state.progress()
    moves = step in lesson.names and step != progress.at
    if moves:
        course_state.keep(Progress(step, progress.answers, progress.runs))
    session = state.session()
    if (moves or before != name) and not _has_its_state():
        linked = session.design if session.address.brought_design else None
        put_in(lesson, lesson.step(course_state.progress().at))
        if linked and not _refusal(session.locks.check_design, linked):
            session.designs = DesignHistory(linked)
