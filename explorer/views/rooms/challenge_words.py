"""A challenge in words, for who takes it: what is ranked by, and what became of each network that they entered."""

from explorer.lessons.course.tasks import Challenge
from explorer.lessons.course.text import Language, Text
from explorer.lessons.rooms.board import Standing
from explorer.lessons.rooms.entering import OwnEntry
from explorer.views.common.words import number, plain

RANKS = {
    "params": Text("Fewest parameters win", "参数最少者胜"),
    "test_accuracy": Text("Most test pictures right wins", "测试准确率最高者胜"),
}
REACHING = Text(", with at least {} on the test pictures", "，测试准确率至少 {}")
SECONDS = Text(", within {} s", "，训练不超过 {} 秒")
SEEDS = Text(
    ". Trained by the server over {} hidden seeds; the median counts.",
    "。由服务器用 {} 个不公开的种子训练，取中位数。",
)
SEED = Text(". Trained by the server with a hidden seed.", "。由服务器用一个不公开的种子训练。")
RANKED_IN_CLASS = Text("In a class's room it would be entered and ranked.", "在课堂的教室里，它会参赛并排名。")
ENTRY = Text("Entry {}", "参赛 {}")
WAITS = Text("waits for its turn", "排队中")
TRAINS = Text("trains: {} of {} seeds done", "训练中：{}/{} 个种子完成")
CAME = Text("{} parameters, {} right ({} to {})", "{} 个参数，准确率 {}（{} 至 {}）")
PLACE = Text("place {}", "第 {} 名")
BELOW = Text("below {}, so it has no place", "低于 {}，没有名次")
STOPPED = Text("was stopped before its end: enter it once more", "没有训练完就停止了：请再参赛一次")
FAILED = Text("could not be trained: {}", "无法训练：{}")


def challenge_words(task: Challenge, language: Language) -> str:
    """Say what a challenge ranks by."""
    said = [RANKS[task.rank].said(language)]
    if task.reach is not None:
        said.append(REACHING.said(language).format(f"{100 * task.reach:g} %"))
    if task.seconds is not None:
        said.append(SECONDS.said(language).format(f"{task.seconds:g}"))
    return "".join(said) + (SEED if task.seeds == 1 else SEEDS).said(language).format(task.seeds)


def entry_words(own: OwnEntry, task: Challenge, language: Language) -> str:
    """Say in Markdown what became of a network that was entered."""
    name = plain(own.entry.design.name)
    return f"**{ENTRY.said(language).format(own.entry.number)}** {name}: {plain(came_words(own, task, language))}"


def came_words(own: OwnEntry, task: Challenge, language: Language) -> str:
    """Say what became of a network that was entered."""
    became = own.became
    match became.stage:
        case "waiting":
            return WAITS.said(language)
        case "training":
            return TRAINS.said(language).format(became.num_done, task.seeds)
        case "failed":
            return FAILED.said(language).format(became.cause)
        case "stopped":
            return STOPPED.said(language)
    assert became.standing
    return _standing(became.standing, own.place, task, language)


def _standing(came: Standing, place: int | None, task: Challenge, language: Language) -> str:
    accuracies = map(share, (came.median, came.low, came.high))
    said = [CAME.said(language).format(number(came.params), *accuracies)]
    if task.reach is not None and came.median < task.reach:
        said.append(BELOW.said(language).format(f"{100 * task.reach:g} %"))
    elif place is not None:
        said.append(PLACE.said(language).format(place))
    return " · ".join(said)


def share(value: float) -> str:
    """Write a share of 1 in percent."""
    return f"{100 * value:.1f} %"
