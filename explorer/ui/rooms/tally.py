"""A round's counts and a challenge's board, for the elements of desk and projector: what their scripts begin with."""

from collections.abc import Mapping
from pathlib import Path

from explorer.lessons.course.text import Language, Text

TALLY_JS, TALLY_CSS = (
    "".join(Path(__file__).with_name(f"{name}.{kind}").read_text("utf-8") for name in ("tally", "board"))
    for kind in ("js", "css")
)
TALLY_WORDS = {
    "answered": Text("{} answered", "{} 人作答"),
    "round": Text("Round {}: {} answered", "第 {} 轮：{} 人作答"),
    "right": Text(", {} right", "，{} 人答对"),
    "runs": Text("Right on the test pictures, a point a run", "测试图片上的准确率，每次训练一个点"),
    "curves": Text("Curves of the training loss that were drawn: {}", "画出的训练损失曲线：{} 条"),
    "curves_and_came": Text(
        "Curves of the training loss that were drawn: {}, and what came", "画出的曲线：{} 条，和结果"
    ),
    "first_step": Text("first step", "第一步"),
    "last_step": Text("last step", "最后一步"),
    "board": Text("Accuracy against parameters of {} entries", "{} 个参赛网络的准确率与参数个数"),
    "place": Text("place", "名次"),
    "entry": Text("entry", "参赛"),
    "params": Text("parameters", "参数个数"),
    "accuracy": Text("right", "准确率"),
    "nothing_trained": Text("Nothing has trained yet", "还没有训练完的网络"),
    "to_come": Text("{} to come", "还有 {} 个"),
    "without_end": Text("{} without an end", "{} 个没有训练完"),
}


def said(words: Mapping[str, Text], language: Language) -> dict[str, str]:
    """Say words in a language, by their names."""
    return {name: each.said(language) for name, each in words.items()}
