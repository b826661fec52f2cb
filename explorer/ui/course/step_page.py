"""A step's state put into the session and its page, held there, and the link that leads to it."""

from collections.abc import Callable
from typing import TypeVar

from explorer.architecture import edit
from explorer.architecture.build import layer_names
from explorer.exchange.design_history import DesignHistory
from explorer.lessons.course.answer import Progress, moved
from explorer.lessons.course.lesson import Lesson, LessonStep, design_of, locks_of, recipe_of, setup_of
from explorer.lessons.course.locks import LockedError
from explorer.ui.base import links, state
from explorer.ui.base.links import Link, to_page
from explorer.ui.base.menu import Page
from explorer.ui.course import course_state
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
    progress = moved(course_state.progress(), lesson, by)
    course_state.keep(progress)
    return arrive(lesson, progress)


def arrive(lesson: Lesson, progress: Progress) -> Link:
    """Put in the state of the step that one is at, and give the link to its page."""
    step = lesson.step(progress.at)
    put_in(lesson, step)
    course_state.remembered().told = ""
    return link_to(step, progress)


def link_to(step: LessonStep, progress: Progress) -> Link:
    """Link to a step's page with what it shows there."""
    page, run = page_of(step), progress.runs.get(step.shows.run_of or step.name)
    shown = {links.LESSON: course_state.remembered().taken, links.STEP: step.name, links.CLAIM: step.shows.claim}
    if page in RUNS:
        shown[RUNS[page]] = run
    if page is Page.INSIDE and step.shows.picture is not None:
        shown[links.SHOW] = of_picture(step.shows.picture)
    return to_page(page, state.session().design, **shown)


def follow_address() -> None:
    """Take up the lesson and the step that an address names by which a person has come; else go on with those taken."""
    current, address = course_state.remembered(), state.session().address
    if current.visit != address.visits:
        current.visit = address.visits
        _take_up(links.read(links.LESSON) or "", links.read(links.STEP) or "")
    if course_state.taken():
        address.show({links.LESSON: current.taken, links.STEP: course_state.progress().at})


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
    is_reload = session.address.visits == 1 and session.address.brought_design
    if (moves or before != name) and not is_reload:
        linked = session.design if session.address.brought_design else None
        put_in(lesson, lesson.step(course_state.progress().at))
        if linked and not _refusal(session.locks.check_design, linked):
            session.designs = DesignHistory(linked)
