"""Files that are no lesson: each is refused, at its line, with what is allowed and the repair."""

import re

import pytest

from explorer.lessons.course.facts import Measured
from explorer.lessons.course.lesson_file.reader import LessonError, read_lesson
from explorer.lessons.course.shipped import shipped_file
from explorer.lessons.course.solve import Solver
from explorer.training.recipe.recipe import Job
from tests.lessons.rooms import challenge

GOOD = shipped_file("sigmoid-stalls").read_text(encoding="utf-8")
WRONG = {  # what stands in the good file: what stands in its place, the field that is named, and the repair
    "minutes = 18": ("minutes = 400", "minutes: found 400", "from 1 to 180"),
    'asks = "compare"': ('asks = "compares"', "steps[2].task.asks", "Write compare."),
    'design = "lenet-d2l"': ('design = "lenet-d21"', "steps[1].shows.design", "Write lenet-d2l."),
    '"test_accuracy of Sigmoid in race"': (
        '"test_acuracy of Sigmoid in race"',
        "steps[2].task.options[1].what",
        "Write test_accuracy.",
    ),
    'lets = ["recipe.learning_rate"]': ('lets = ["recipe.rate"]', "steps[9].lets[1]", "such as conv1.kernel_size"),
    '"recipe.learning_rate" = [0.01, 3]': ('"recipe.learning_rate" = [3, 0.01]', "steps[9].ranges", "the lower one"),
    '"recipe.learning_rate" = [0.01, 3]}\n': ('"recipe.learning_rate" = [1, 3]}\n', "steps[9].ranges", "shows lies"),
    'of = ["winner", "sketch", "how-far"]': (
        'of = ["winner", "sketch", "how-fare"]',
        "steps[6].task.of",
        "Write how-far.",
    ),
    "learning_rate = 0.1}": ("learning_rate = -1}", "steps[9].shows.recipe.learning_rate", "above 0"),
    'question = "activation"': ('question = "activations"', "steps[5].shows.race", "pooling"),
    "right = 2": ("right = 4", "steps[8].task.right", "from 1 to 3"),
    "{uniform_loss in lenet-d2l}. A": ("{uniform_los in lenet-d2l}. A", "steps[1].then.en", "Write uniform_loss."),
    "apart = 0.03": ("appart = 0.03", "steps[2].task.appart", "Write apart."),
    'name = "slope"': ('name = "race"', "steps[8].name", "each name once"),
    "within = 0.05": ("within = -1", "steps[1].task.within", "from 0"),
    'page = "train"': ('page = "trian"', "steps[9].shows.page", "one of"),
    'run_of = "cure"': ('run_of = "curee"', "steps[10].shows.run_of", "Write cure."),
    '"best_test_accuracy >= 0.5"': ('"best_test_accuracy => 0.5"', "steps[9].task.until[1]", "params <= 20_000"),
    'until = ["best_test_accuracy >= 0.5"]': (
        'until = ["params > output of conv1"]',
        "steps[9].task.until[1]",
        "a number beside a number",
    ),
    '"test_accuracy of ReLU in race"': ('"output of conv1"', "steps[2].task.options[2].what", "one number"),
    "apart = 0.03\n": ('apart = "output of conv1"\n', "steps[2].task.apart", "one number"),
    'run = "race"': ('run = "winner"', "steps[3].task.run", "one of race, cure"),
    'part = "Sigmoid"': ('part = "Sigmoids"', "steps[3].task.part", "Write Sigmoid."),
    'zh = "1"': ("zh = ", "the file", "one TOML file"),
}
HOSTILE = {
    "deep lists": "a = " + "[" * 3_000,
    "a deep name": "a." * 2_000 + "a = 1",
    "many digits": "minutes = " + "9" * 4_000,
    "many hexadecimal digits": "minutes = 0x" + "F" * 4_000,
    "many tables": "[[steps]]\n" * 9_000,
    "empty lines": "\n" * 100_000,
    "open quotes": '"""\n' * 1_900,
    "too long": "x" * 200_000,
    "no text": b"\xff\xfe",
    "a date": "minutes = 1979-05-27",
    "not a number": "minutes = nan",
    "a key that looks like a place": '"x - at `$.steps[0].minutes`" = 1',
    "a name that a terminal would read": '"\\u001b[2J" = 1',
}


@pytest.mark.parametrize("written", WRONG)
def test_a_wrong_file_is_refused_at_its_line_with_the_repair(written: str) -> None:
    instead, field, repair = WRONG[written]
    before, found, after = GOOD.partition(written)
    assert found
    with pytest.raises(LessonError) as refused:
        read_lesson(before + instead + after)
    assert refused.value.line == before.count("\n") + 1
    assert field in str(refused.value)
    assert repair in str(refused.value)


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_printable_words(data: str | bytes) -> None:
    with pytest.raises(LessonError) as refused:
        read_lesson(data)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize(
    ("there", "instead", "words"),
    [
        ('page = "train"', 'page = "race"', "challenge on the pages explore and train"),
        ('"params <= 2_000"', '"test_accuracy >= 0.8"', "A test accuracy is asked for by reach"),
        ("seeds = 3", "seeds = 2", "seeds: found 2; allowed: one of 1, 3, 5"),
        ('rank = "params"', 'rank = "speed"', "allowed: one of params, test_accuracy"),
        ("seconds = 60", 'example = "tiney"', "Write tiny."),
    ],
)
def test_a_challenge_that_cannot_be_held_is_refused(there: str, instead: str, words: str) -> None:
    assert there in challenge.TEXT
    with pytest.raises(LessonError, match=re.escape(words)):
        read_lesson(challenge.TEXT.replace(there, instead))


@pytest.mark.parametrize(("accuracy", "result"), [(0.79, "unsolvable"), (0.81, "solved")])
def test_the_checker_says_whether_a_challenge_can_be_reached(accuracy: float, result: str) -> None:
    lesson = read_lesson(challenge.TEXT.replace("seeds = 3", "seeds = 3, reach = 0.8"))
    trained: list[Job] = []

    def train(job: Job) -> Measured:
        trained.append(job)
        return Measured(ended=True, test_accuracy=accuracy)

    assert next(Solver(lesson, train).solve()).result == result
    assert [(job.recipe.seed, job.recipe.max_seconds) for job in trained] == [(0, 60), (1, 60), (2, 60)]
