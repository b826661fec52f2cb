"""A lesson in words: its texts with their numbers looked up, what a step asks for, and what an answer gets back."""

import re
from collections.abc import Callable

from explorer.architecture.kinds.sizes import shape_words
from explorer.lessons.claim import Verdict
from explorer.lessons.course.answer import Answer
from explorer.lessons.course.conditions import FITS, Condition, Met
from explorer.lessons.course.curve import Curve, apart, read_curve
from explorer.lessons.course.facts import Facts
from explorer.lessons.course.lesson import LessonStep
from explorer.lessons.course.quantities import Unit, Value, read_quantity, title_of, unit_of, value_of
from explorer.lessons.course.right import Judgement
from explorer.lessons.course.tasks import Choice, Compare, Judge, Number, Run, ShapeOf, Sketch
from explorer.lessons.course.text import Language, Text
from explorer.views.common import words

BRACED = re.compile(r"\{([^{}\n]*)\}")
WRITTEN: dict[Unit, Callable[[float], str]] = {
    "count": lambda value: words.number(int(value)),
    "share": lambda value: f"{100 * value:.1f} %",
    "loss": words.loss,
    "ratio": lambda value: f"{value:.2g}",
    "bytes": lambda value: words.megabytes(int(value)),
    "seconds": lambda value: f"{value:.1f} s",
}
RELATIONS = {
    "<=": Text("at most {}", "至多 {}"),
    ">=": Text("at least {}", "至少 {}"),
    "<": Text("below {}", "小于 {}"),
    ">": Text("above {}", "大于 {}"),
    "=": Text("exactly {}", "恰好是 {}"),
}
VERDICTS = {
    Verdict.TRUE: Text("True", "对"),
    Verdict.FALSE: Text("False", "错"),
    Verdict.ONLY_IF: Text("Only if", "只在某种读法下对"),
}
DONE = Text("Done.", "完成。")
IS_RIGHT = Text("{} is right.", "{}，正确。")
IT_IS = Text("It is {}.", "是 {}。")
IS_NOT = Text("{} is not it.", "{} 不对。")
KEPT = Text("Kept: {}. Whether it is right shows once it has trained.", "已记下：{}。训练之后才知道对不对。")
SAID = Text("You said {}; it is {}.", "你说 {}，结果是 {}。")
SAID_NOTHING = Text("You predicted nothing; it is {}.", "你没有预测，结果是 {}。")
CURVE = Text("a loss from {} to {}", "损失从 {} 到 {}")
NEAR = Text(
    "Your curve is {} from what came, on average: at most {} counts as right.", "你的曲线平均差 {}，不超过 {} 就算对。"
)
FAR = Text(
    "Your curve is {} from what came, on average; at most {} would have counted as right.",
    "你的曲线平均差 {}，不超过 {} 才算对。",
)
NOT_YET = Text("not measured yet", "还没有测到")
FIT = Text("every layer fits", "每一层都对得上")
HAS, HAS_NO = Text("has {}", "含有 {}"), Text("has no {}", "不含 {}")
NOW = Text("now {}", "现在 {}")
TRAIN_FIRST = Text("Nothing has been trained here yet, or it still goes on.", "这里还没有训练，或者还没有训练完。")


def fill(text: Text, language: Language, step: LessonStep, facts: Facts) -> str:
    """Say a text in a language, each of its numbers looked up."""

    def look_up(found: re.Match[str]) -> str:
        quantity = read_quantity(found[1])
        if quantity.is_of_run and not quantity.place:
            quantity = read_quantity(f"{found[1]} in {step.name}")
        return value_words(value_of(quantity, facts), unit_of(quantity))

    return BRACED.sub(look_up, text.said(language))


def value_words(value: Value | None, unit: Unit) -> str:
    """Write a value in its unit: `14,450,688`, `6 × 28 × 28`, `85.3 %`, `2.303`."""
    if value is None:
        return words.UNKNOWN
    return shape_words(value) if isinstance(value, tuple) else WRITTEN[unit](value)


def condition_words(met: Met, language: Language) -> str:
    """Say what is asked for and how it stands: `parameters at most 20,000, now 61,706`."""
    condition = met.condition
    if condition.quantity is None:
        return _shape_of_it(condition, language)
    unit, title = unit_of(condition.quantity), title_of(condition.quantity).said(language)
    wanted = RELATIONS[condition.relation].said(language).format(value_words(met.wanted, unit))
    parts = [title, condition.quantity.part and f"({condition.quantity.part})", wanted]
    now = NOT_YET.said(language) if met.now is None else NOW.said(language).format(value_words(met.now, unit))
    return " ".join(filter(None, parts)) + ("，" if language == "zh" else ", ") + now


def _shape_of_it(condition: Condition, language: Language) -> str:
    if condition.text == FITS:
        return FIT.said(language)
    return (HAS if condition.is_there else HAS_NO).said(language).format(condition.kind)


def options_of(step: LessonStep, language: Language) -> list[str]:
    """Name what can be chosen at a step."""
    match step.task:
        case Choice(options=options) | Compare(options=options):
            return [option.text.said(language) for option in options]
        case Judge():
            return [VERDICTS[verdict].said(language) for verdict in Verdict]
    return []


def right_words(step: LessonStep, judged: Judgement, language: Language) -> str:
    """Say what is right: a number, a shape, or the options that are."""
    options, right = options_of(step, language), judged.right
    if isinstance(step.task, Sketch):
        return curve_words(right, language) if isinstance(right, tuple) else NOT_YET.said(language)
    places = [int(place) for place in right] if isinstance(right, tuple) else []
    if options and places:
        return ", ".join(f"“{options[place - 1]}”" for place in places)
    return value_words(tuple(places) if isinstance(right, tuple) else right, _unit(step))


def curve_words(curve: Curve, language: Language) -> str:
    """Say where a curve begins and ends."""
    return CURVE.said(language).format(words.loss(curve[0]), words.loss(curve[-1]))


def given_words(step: LessonStep, text: str, language: Language) -> str:
    """Say what was given."""
    if isinstance(step.task, Sketch):
        return curve_words(read_curve(text), language)
    options = options_of(step, language)
    return f"“{options[int(text) - 1]}”" if options else words.plain(text)


def _unit(step: LessonStep) -> Unit:
    return unit_of(read_quantity(step.task.what)) if isinstance(step.task, Number | ShapeOf) else "count"


def verdict_words(step: LessonStep, answer: Answer, judged: Judgement, language: Language) -> str:
    """Say in Markdown what came of an answer, with the slips that lead to a wrong one."""
    if judged.outcome == "unreadable":
        return words.plain(judged.refusal)
    if judged.outcome == "waiting":
        return _waiting_words(step, answer, language)
    if judged.right is not None:
        return _prediction_words(step, answer, judged, language)
    met = [f"{'✓' if met.holds else '✗'} {condition_words(met, language)}" for met in judged.met]
    return "  \n".join(met) or DONE.said(language)


def _prediction_words(step: LessonStep, answer: Answer, judged: Judgement, language: Language) -> str:
    if answer.given_up:
        return IT_IS.said(language).format(right_words(step, judged, language))
    given = given_words(step, answer.text, language)
    if isinstance(step.task, Sketch) and isinstance(judged.right, tuple):
        return _sketched_words(step.task, apart(read_curve(answer.text), judged.right), language)
    if judged.outcome == "right":
        return IS_RIGHT.said(language).format(given)
    slips = [f"**{slip.name}?** {slip.words[0].upper()}{slip.words[1:]}" for slip in judged.slips]
    return "  \n".join([IS_NOT.said(language).format(given), *slips])


def _sketched_words(task: Sketch, off: float, language: Language) -> str:
    near = NEAR if off <= task.within else FAR
    return near.said(language).format(f"{off:.2f}", f"{task.within:g}")


def _waiting_words(step: LessonStep, answer: Answer, language: Language) -> str:
    if isinstance(step.task, Run):
        return TRAIN_FIRST.said(language)
    return KEPT.said(language).format(given_words(step, answer.text, language))


def revealed_words(step: LessonStep, answer: Answer | None, judged: Judgement, language: Language) -> str:
    """Say in Markdown what was predicted at a step beside what came."""
    came = right_words(step, judged, language) if judged.right is not None else NOT_YET.said(language)
    title = f"**{step.title.said(language)}** "
    if answer is None or judged.outcome == "unreadable" or answer.given_up:
        return title + SAID_NOTHING.said(language).format(came)
    mark = {"right": "✓ ", "wrong": "✗ "}.get(judged.outcome, "")
    return title + mark + SAID.said(language).format(given_words(step, answer.text, language), came)
