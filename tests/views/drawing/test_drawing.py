"""The picture's geometry and its SVG: whole, apart, inside, well-formed, whatever the stack."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from msgspec.structs import replace

from explorer.architecture.kinds.activation import LeakyReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import MAX_LAYERS, Architecture
from explorer.architecture.trace import trace
from explorer.views.drawing.drawing import Block, Drawing, draw, draw_within
from explorer.views.drawing.sheets import BESIDE, COLUMN, PAGE, Sheet
from explorer.views.drawing.svg import to_svg, to_svg_together
from explorer.views.drawing.volumes import volumes
from tests.architecture.stacks import architectures, broken

SVG = "{http://www.w3.org/2000/svg}"
EXTREMES = {
    "64 convolutions": Architecture(
        name="x",
        input_shape=(1, 9, 9),
        layers=(Conv2d(out_channels=8192, kernel_size=3, padding=1),) * MAX_LAYERS,
    ),
    "tall and narrow": Architecture(
        name="x", input_shape=(3, 1024, 1), layers=(Conv2d(out_channels=4, kernel_size=1, groups=1),)
    ),
    "64 activations": Architecture(name="x", input_shape=(1, 9, 9), layers=(LeakyReLU(),) * MAX_LAYERS),
    "dense layers only": Architecture(
        name="x", input_shape=(1, 28, 28), layers=(Flatten(), *(Linear(out_features=100_000),) * 5)
    ),
    "no layer": Architecture(name="x", input_shape=(1, 28, 28), layers=()),
    "towers": Architecture(
        name="x", input_shape=(4, 99, 99), layers=(Conv2d(out_channels=8, kernel_size=3, groups=4),) * 6
    ),
}

SHEETS = [COLUMN, *BESIDE, PAGE]
SHEET_NAMES = ["column", "roomy", "small", "flowing", "sizes", "names", "page"]

Box = tuple[float, float, float, float]  # left, top, right, bottom


def box(block: Block) -> Box:
    return block.x, block.y - block.up, block.x + block.width + block.right, block.y + block.height


def apart(one: Box, other: Box) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def assert_sound(drawing: Drawing, sheet: Sheet) -> None:
    boxes = [box(block) for figure in drawing.figures for block in figure.blocks]
    assert all(apart(one, other) for one, other in combinations(boxes, 2))
    places = [(x, y, x + width, y + height) for x, y, width, height in (figure.place for figure in drawing.figures)]
    assert all(apart(one, other) for one, other in combinations(places, 2))
    for left, top, right, bottom in [*boxes, *places]:
        assert min(left, top) >= 0
        assert right <= drawing.width
        assert bottom <= drawing.height
    written = [words for figure in drawing.figures for words in (*figure.words, *(note.words for note in figure.notes))]
    assert all(0 < words.y <= drawing.height for words in written)
    assert drawing.width <= max(sheet.width, *(figure.place[2] + 20 for figure in drawing.figures))


def assert_windows_lie_on_their_inputs(drawing: Drawing) -> None:
    faces = {
        after.volume.index: before.blocks for before, after in zip(drawing.figures, drawing.figures[1:], strict=False)
    }
    for window in drawing.windows:
        assert any(
            block.x - 0.01 <= window.x
            and window.x + window.width <= block.x + block.width + 0.01
            and block.y - 0.01 <= window.y
            and window.y + window.height <= block.y + block.height + 0.01
            for block in faces[window.index]
        )


@pytest.mark.parametrize("sheet", SHEETS, ids=SHEET_NAMES)
@given(architectures() | broken())
def test_any_stack_is_drawn_apart_and_whole(sheet: Sheet, architecture: Architecture) -> None:
    traced = trace(architecture)
    drawing = draw(volumes(traced), sheet)
    assert_sound(drawing, sheet)
    assert_windows_lie_on_their_inputs(drawing)
    svg = ET.fromstring(to_svg(drawing, architecture.name))
    shown = {int(element.attrib["data-index"]) for element in svg.iter() if "data-index" in element.attrib}
    weighted = {row.index for row in traced.rows if row.neurons}
    assert weighted <= shown
    assert traced.error is None or traced.error.index in shown


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("sheet", SHEETS, ids=SHEET_NAMES)
def test_extreme_stacks_are_drawn_whole(name: str, sheet: Sheet) -> None:
    drawing = draw(volumes(trace(EXTREMES[name])), sheet)
    assert_sound(drawing, sheet)
    assert_windows_lie_on_their_inputs(drawing)


@pytest.mark.parametrize("name", PRESETS)
def test_the_networks_of_the_course_are_small_files_that_fit_their_sheets(name: str) -> None:
    for sheet in SHEETS:
        drawing = draw(volumes(trace(PRESETS[name].architecture)), sheet)
        assert_sound(drawing, sheet)
        assert drawing.width <= sheet.width
        assert len(to_svg(drawing, name).encode()) < 20_000


def test_twice_the_side_and_four_times_the_maps_are_drawn_by_their_square_roots() -> None:
    drawing = draw(volumes(trace(PRESETS["lenet-d2l"].architecture)), PAGE)
    blocks = {figure.volume.name: figure.blocks[0] for figure in drawing.figures}
    assert blocks["input"].width == pytest.approx(PAGE.side)
    assert blocks["conv1"].width / blocks["pool1"].width == pytest.approx(2**0.5)
    assert blocks["conv2"].right / blocks["conv1"].right == pytest.approx((16 / 6) ** 0.5)
    assert (blocks["conv1"].sheets, blocks["conv2"].sheets) == (6, 16)
    window = drawing.windows[0]
    assert window.width / blocks["input"].width == pytest.approx(5 / 28)


@pytest.mark.parametrize("name", PRESETS)
def test_the_networks_of_the_course_fit_beside_the_table_with_their_sizes_or_at_least_their_names(name: str) -> None:
    (drawing,) = draw_within([volumes(trace(PRESETS[name].architecture))], BESIDE)
    assert drawing.height <= BESIDE[0].height
    assert drawing.width <= BESIDE[0].width
    said = [len(figure.words) for figure in drawing.figures]
    assert min(said) >= (1 if name == "alexnet-2012" else 2)


def test_what_fits_on_no_sheet_is_drawn_on_the_last() -> None:
    found = volumes(trace(EXTREMES["64 convolutions"]))
    assert draw_within([found], BESIDE) == [draw(found, BESIDE[-1])]


def test_two_networks_are_drawn_at_one_scale() -> None:
    lenet, alexnet = (volumes(trace(PRESETS[name].architecture)) for name in ("lenet-d2l", "alexnet-d2l"))
    small, large = draw_within([lenet, alexnet], (PAGE,))
    inputs = [drawing.figures[0].blocks[0] for drawing in (small, large)]
    assert inputs[1].width == pytest.approx(PAGE.side)
    assert inputs[0].width == pytest.approx(PAGE.side * (28 / 224) ** 0.5)


def test_a_second_network_in_a_picture_cannot_be_chosen_in_it() -> None:
    lenet, alexnet = (volumes(trace(PRESETS[name].architecture)) for name in ("lenet-d2l", "alexnet-d2l"))
    svg = ET.fromstring(to_svg_together(draw_within([lenet, alexnet], BESIDE), ["LeNet", "<AlexNet>"], "both"))
    chosen = [element.attrib["data-index"] for element in svg.iter() if "data-index" in element.attrib]
    assert sorted(map(int, chosen)) == sorted({volume.index for volume in lenet})
    assert [text for text in svg.itertext() if "Net" in text] == ["LeNet", "<AlexNet>"]


def test_a_network_on_one_line_reads_from_left_to_right() -> None:
    figures = draw(volumes(trace(PRESETS["alexnet-2012"].architecture)), PAGE).figures
    assert len({figure.place[1] for figure in figures}) == 1
    assert [figure.volume.name for figure in sorted(figures, key=lambda each: each.place[0])] == [
        figure.volume.name for figure in figures
    ]


def test_a_designs_name_is_text_and_never_markup() -> None:
    name = "<script>alert(\"1\")</script> & 'so' on"
    design = replace(PRESETS["lenet-d2l"].architecture, name=name)
    svg = ET.fromstring(to_svg(draw(volumes(trace(design)), COLUMN), name))
    assert svg.findtext(f"{SVG}title") == name
    assert not list(svg.iter(f"{SVG}script"))
