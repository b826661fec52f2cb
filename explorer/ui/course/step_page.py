"""A step's state put into the session and its page, held there, and the link that leads to it."""

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
    try:
        locks.check_design(session.design)
        locks.check_recipe(session.recipe)
        locks.check_setup(race_state.remembered().setup)
    except LockedError as error:
        put_in(lesson, step)
        session.refusal = PUT_BACK.format(error)


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
        _take_up(links.read(links.LESSON) or "", links.read(links.STEP) or "", puts_in=not address.brought_design)
    if course_state.taken():
        address.show({links.LESSON: current.taken, links.STEP: course_state.progress().at})


def _take_up(name: str, step: str, *, puts_in: bool) -> None:
    lesson = course_state.find(name)
    if lesson is None:
        return
    is_new = course_state.remembered().taken != name
    course_state.take(name)
    progress = course_state.progress()
    if step in lesson.names and step != progress.at:
        course_state.keep(Progress(step, progress.answers, progress.runs))
    if puts_in and (is_new or step):
        put_in(lesson, lesson.step(course_state.progress().at))
