"""Each claim's verdict against the course's own table, and that it follows from the traces, not from what is typed."""

import ast
import re
from operator import add, floordiv, mul, sub, truediv
from pathlib import Path

import pytest
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, MaxPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture, check
from explorer.lessons.claim import Claim, Decision, Reading, Verdict, about, decide
from explorer.lessons.claims import CLAIMS, decision
from explorer.lessons.ng_claims import dense_instead

README = Path(__file__).parents[2] / "README.md"
TRUE, FALSE, ONLY_IF = Verdict.TRUE, Verdict.FALSE, Verdict.ONLY_IF
# What is right, and the numbers that say so, as the course's material has them: written down without this program.
RIGHT: dict[str, tuple[Verdict, set[int | str]]] = {
    "filter-parameters": (FALSE, {76, 456}),
    "dense-instead": (FALSE, {4_704, 14_450_688}),
    "activation-sizes": (FALSE, {4_704, 6_272, 2}),
    "wide-pictures": (TRUE, {17_856_288_000_000, 71_425_152_000_000}),
    "catches-translation": (ONLY_IF, set()),
    "seven-layers": (FALSE, {6, 7}),
    "global-pooling": (FALSE, {14, 5}),
    "sigmoids": (FALSE, {0, 59_134, 4_010}),
    "dense-parameters": (FALSE, {10_164, 850}),
    "first-parameters": (ONLY_IF, {156, 456}),
    "same-as-lenet-5": (FALSE, {28, 0, 2_416, "Sigmoid"}),
    "smaller-and-smaller": (FALSE, {28, 14, 10, 5}),
    "fewer-but-dearer": (TRUE, {61_706, 416_520, "6.75"}),
    "how-many-layers": (ONLY_IF, {7, 5, 4}),
    "dense-memory": (FALSE, {171_999_232, 218_136_576}),
    "ten-times": (FALSE, {16, 8}),
    "as-in-the-figure": (FALSE, {54, 6_400, 2_652}),
    "above-99": (ONLY_IF, set()),
    "top-5-error": (FALSE, set()),
    "neurons": (ONLY_IF, {659_272, 609_640}),
    "parameters": (ONLY_IF, {60_965_224, 62_378_344}),
    "connections": (FALSE, {724_406_816, 726_168_264, 643_026_048, 644_609_128, 1_135_256_096, 1_137_017_544}),
}
TOLD = ["above-99", "top-5-error"]
SIGNS = {ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.FloorDiv: floordiv, ast.Div: truediv}
COLOUR, NOTES, BOOK = (PRESETS[name].architecture for name in ("lenet-ng", "lenet-pytorch", "lenet-d2l"))
PUBLISHED, TWO_TOWERS = (PRESETS[name].architecture for name in ("lenet5-1998", "alexnet-2012"))


def found(decided: Decision) -> set[int | str]:
    return {part.found for finding in decided.findings for part in finding.evidence}


def evaluated(expression: str) -> float:
    """Compute a sum as a student would."""
    return _value(ast.parse(expression, mode="eval").body)


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.BinOp):
        result: float = SIGNS[type(node.op)](_value(node.left), _value(node.right))
        return result
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int)
    return node.value


def test_the_list_holds_all_claims_of_the_course() -> None:
    assert CLAIMS.keys() == RIGHT.keys()
    assert len({claim.title for claim in CLAIMS.values()}) == len(CLAIMS) == 22


@pytest.mark.parametrize("name", RIGHT)
def test_the_verdict_and_its_numbers_are_those_of_the_course(name: str) -> None:
    verdict, numbers = RIGHT[name]
    assert decision(name).verdict is verdict
    assert found(decision(name)) == numbers


@pytest.mark.parametrize("name", RIGHT)
def test_every_sum_gives_what_stands_behind_it(name: str) -> None:
    for finding in decision(name).findings:
        for part in finding.evidence:
            assert not part.sum or evaluated(part.sum) == part.found, part


def _with(design: Architecture, **layers: Layer) -> Architecture:
    """Replace layers of a design by their place: `at_3=…`."""
    for place, layer in layers.items():
        design = edit.replace_layer(design, int(place.removeprefix("at_")), layer)
    return design


def _stack(input_shape: tuple[int, int, int], *layers: Layer) -> Architecture:
    return Architecture(name="another", input_shape=input_shape, layers=layers)


def _without_poolings(design: Architecture) -> Architecture:
    kept = tuple(layer for layer in design.layers if not isinstance(layer, MaxPool2d))
    return replace(design, layers=kept)


ALEXNET = PRESETS["alexnet-d2l"].architecture
DENSE_OUTPUT = _with(PUBLISHED, at_13=Linear(out_features=10))
GLOBAL = _stack((1, 32, 32), Conv2d(out_channels=6, kernel_size=5), AdaptiveAvgPool2d(output_size=1))
BIASLESS = _with(NOTES, at_6=Linear(out_features=84, bias=False), at_7=Linear(out_features=10, bias=False))
HUGE = _with(ALEXNET, at_14=Linear(out_features=17_000), at_17=Linear(out_features=8_192))
TEN_TIMES = replace(_with(ALEXNET, at_0=Conv2d(out_channels=60, kernel_size=11, stride=4)), input_shape=(1, 280, 280))
UNITS = _stack((36, 97, 1), Conv2d(out_channels=42, kernel_size=1))  # 42 · 97 = 4,074 units, 14.2 million weights
FALLING = _stack((3, 48, 48), Conv2d(out_channels=3, kernel_size=5), Flatten(), Linear(out_features=10))
NARROWER = _with(TWO_TOWERS, at_0=Conv2d(out_channels=68, kernel_size=11, stride=4))
# Networks of which the same sentence has another verdict: the verdict follows from the network.
OTHERWISE: dict[str, tuple[tuple[Architecture, ...], Verdict]] = {
    "filter-parameters": ((edit.with_channels(COLOUR, 1),), TRUE),
    "dense-instead": ((dense_instead(UNITS), UNITS), TRUE),
    "activation-sizes": ((FALLING,), TRUE),
    "wide-pictures": ((dense_instead(COLOUR),), FALSE),
    "seven-layers": ((DENSE_OUTPUT,), TRUE),
    "global-pooling": ((GLOBAL,), TRUE),
    "sigmoids": ((BOOK,), TRUE),
    "dense-parameters": ((BIASLESS,), TRUE),
    "first-parameters": ((NOTES,), TRUE),
    "same-as-lenet-5": ((PUBLISHED, PUBLISHED), TRUE),
    "smaller-and-smaller": ((NOTES,), TRUE),
    "fewer-but-dearer": ((BOOK, BOOK), FALSE),
    "how-many-layers": ((_without_poolings(NOTES),), FALSE),
    "dense-memory": ((HUGE,), TRUE),
    "ten-times": ((TEN_TIMES, BOOK), TRUE),
    "as-in-the-figure": ((PRESETS["alexnet-227"].architecture, TWO_TOWERS), TRUE),
    "neurons": ((TWO_TOWERS,), TRUE),
    "parameters": ((TWO_TOWERS,), TRUE),
    "connections": ((NARROWER,), TRUE),
}


def test_every_claim_that_a_trace_decides_is_tried_on_another_network() -> None:
    assert OTHERWISE.keys() == {name for name, claim in CLAIMS.items() if claim.readings}


@pytest.mark.parametrize("name", OTHERWISE)
def test_another_network_gets_another_verdict(name: str) -> None:
    designs, verdict = OTHERWISE[name]
    claim = CLAIMS[name]
    readings = tuple(replace(reading, designs=designs) for reading in claim.readings)
    assert decide(claim).verdict is not verdict
    assert decide(replace(claim, readings=readings)).verdict is verdict


@pytest.mark.parametrize("name", CLAIMS)
def test_the_network_behind_a_claim_can_be_opened(name: str) -> None:
    assert check(CLAIMS[name].design) == CLAIMS[name].design


def test_only_what_no_trace_can_tell_is_decided_by_a_source_alone() -> None:
    assert [name for name, claim in CLAIMS.items() if not claim.readings] == ["catches-translation", *TOLD]
    assert [name for name, claim in CLAIMS.items() if claim.source] == ["catches-translation", "sigmoids", *TOLD]


@pytest.mark.parametrize(("holds", "verdict"), [((1, 1), TRUE), ((0, 0), FALSE), ((0, 1), ONLY_IF)])
def test_a_claim_that_holds_in_some_readings_is_true_only_if(holds: tuple[int, ...], verdict: Verdict) -> None:
    like = CLAIMS["first-parameters"]
    designs = [edit.with_channels(NOTES, 1 if held else 3) for held in holds]
    readings = tuple(Reading("", (design,), like.readings[0].look_up) for design in designs)
    assert decide(Claim(text="", title="", words="", because="", readings=readings)).verdict is verdict


@pytest.mark.parametrize(
    ("value", "claimed", "step", "is_about"),
    [
        (60_965_224, 60_000_000, 1_000_000, True),
        (62_378_344, 60_000_000, 1_000_000, False),
        (659_272, 650_000, 10_000, True),
        (659_272, 660_000, 10_000, True),
        (609_640, 650_000, 10_000, False),
        (643_026_048, 630_000_000, 10_000_000, False),
    ],
)
def test_a_round_figure_is_cut_off_or_rounded(value: int, claimed: int, step: int, *, is_about: bool) -> None:
    assert about(value, claimed, step=step) is is_about


def test_the_readme_counts_the_claims() -> None:
    (count,) = re.findall(r"\*\*Claims\*\* puts (\d+) sentences", README.read_text(encoding="utf-8"))
    assert int(count) == len(CLAIMS)
