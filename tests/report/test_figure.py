import dataclasses
import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
import pytest

from algesia.errors import DomainError, FileInputError, MissingExtraError, UnknownNameError
from algesia.provenance import NOTICE
from algesia.report.figure import write_figure
from algesia.simulate.output_info import OutputInfo

SVG = "{http://www.w3.org/2000/svg}"
FORBIDDEN = ("recommend", "safe", "optimal dose", "cleared")
SMALLEST_TEXT_PX = 10.0
SHOWN_WIDTH_PX = 800.0


@pytest.fixture
def drawn(tmp_path):
    """Draw a result to SVG and give its texts."""

    def draw(trajectories, **options):
        path = tmp_path / "run.svg"
        write_figure(trajectories, path, force=True, **options)
        return [
            "".join(node.itertext())
            for node in ElementTree.fromstring(path.read_text("utf-8")).iter(f"{SVG}text")
        ]

    return draw


def score(arm):
    """Give the arm one more output, which is not an amount of a substance."""
    output = OutputInfo(
        name="rating", unit="1", substance=None, form="base", site=None,
        description="change of the rating",
    )  # fmt: skip
    return dataclasses.replace(
        arm,
        outputs=(*arm.outputs, output),
        values=np.concatenate([arm.values, -arm.values[..., :1]], axis=-1),
    )


def test_every_panel_and_the_footer_carry_the_notice_and_the_footer_the_receipt(drawn, result):
    texts = drawn(result)
    # Two arms of two panels; the footer names it once more.
    assert texts.count(NOTICE) == 4
    footer = next(text for text in texts if "receipt" in text)
    assert NOTICE in footer
    assert result.receipt["scenario"] in footer


def test_units_site_moiety_model_source_and_counts_are_written_out(drawn, result):
    text = " ".join(drawn(result))
    for wanted in (
        "concentration (ng/mL)",
        "concentration (ng/mL), logarithmic",
        "time (h)",
        "esketamine, arterial plasma",
        "esnorketamine, arterial plasma",
        "infusion 0.5 mg/kg (n = 60, 1 failed and not drawn)",
        "film 50 mg (n = 60)",
        "S-ketamine oral thin film and intravenous infusion (reproduced)",
        "Simons et al. 2022",
        "Given: 0.5 mg/kg esketamine intravenous over 40 min",
        "infusion, bar height is the rate, tallest 0.75 mg/kg/h",
        "sublingual dose",
    ):
        assert wanted in text, wanted


def test_the_band_is_named_in_each_panel_exactly_as_the_run_named_it(drawn, result):
    joined = " ".join(drawn(result))
    label = "Line: median. Band: 5–95 % of patients; spread borrowed from simons_2022, grade D"
    assert joined.count(label) == 2


def test_all_text_is_at_least_ten_pixels_high_when_the_figure_is_800_wide(tmp_path, result):
    write_figure(result, tmp_path / "run.svg")
    svg = (tmp_path / "run.svg").read_text("utf-8")
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', svg).group(1))
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", svg)]
    sizes += [float(size) for size in re.findall(r"font: (?:bold )?([\d.]+)px", svg)]
    assert len(sizes) == svg.count("<text ")
    assert min(sizes) * SHOWN_WIDTH_PX / width >= SMALLEST_TEXT_PX


def test_no_text_leaves_the_figure_or_runs_into_another(make_arm, make_result):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from algesia.report import figure as module
    from algesia.report.ink import drawing

    long = "a regimen described at length with every one of its conditions and " * 4
    arm = make_arm("an arm with a long name " * 6, regimen_text=long, notes=(long, long))
    run = make_result(arm, make_arm("b", hours=500.0), title="A long question " * 12)
    caught = []

    def keep(figure, *arguments, **options):
        caught.append(figure)

    from matplotlib.figure import Figure

    original = Figure.savefig
    Figure.savefig = keep
    try:
        module._picture(run, module.figure_rows(run, None), "png")
    finally:
        Figure.savefig = original
    (figure,) = caught
    with drawing():
        renderer = FigureCanvasAgg(figure).get_renderer()
        # Tick labels get their text when they are drawn.
        figure.draw(renderer)
        texts = [text for text in figure.findobj(match=is_visible_text) if text.get_text()]
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    frame = figure.bbox
    for text, box in boxes:
        assert box.x0 >= frame.x0 - 0.5, text
        assert box.x1 <= frame.x1 + 0.5, text
        assert box.y0 >= frame.y0 - 0.5, text
        assert box.y1 <= frame.y1 + 0.5, text
    for place, (text, box) in enumerate(boxes):
        for other, against in boxes[place + 1 :]:
            across = min(box.x1, against.x1) - max(box.x0, against.x0)
            down = min(box.y1, against.y1) - max(box.y0, against.y0)
            # A descender may touch the ascender of the line below.
            assert across <= 0.0 or down <= 2.0, (text, other)


def is_visible_text(artist):
    from matplotlib.text import Text

    return isinstance(artist, Text) and artist.get_visible()


def test_no_text_describes_a_result_as_advice(drawn, make_arm, make_result):
    texts = drawn(make_result(score(make_arm()), make_arm("b", failed=60)))
    joined = " ".join(texts).lower()
    for word in FORBIDDEN:
        assert re.search(rf"\b{word}", joined) is None, word


@pytest.mark.parametrize("ending", [".svg", ".png", ".pdf"])
def test_the_same_run_gives_the_same_bytes(tmp_path, result, ending):
    first = write_figure(result, tmp_path / f"first{ending}").read_bytes()
    second = write_figure(result, tmp_path / f"second{ending}").read_bytes()
    assert first == second


def test_a_users_own_plot_settings_change_nothing_and_are_left_as_they_were(tmp_path, result):
    import matplotlib

    plain = write_figure(result, tmp_path / "plain.svg").read_bytes()
    with matplotlib.rc_context({"font.size": 30.0, "lines.linewidth": 9.0, "axes.grid": True}):
        styled = write_figure(result, tmp_path / "styled.svg").read_bytes()
        assert matplotlib.rcParams["font.size"] == 30.0
    assert styled == plain


def test_drawing_opens_no_window_system(tmp_path, result):
    import sys

    write_figure(result, tmp_path / "run.png")
    assert "matplotlib.pyplot" not in sys.modules


def test_the_notice_is_in_the_metadata_of_svg_png_and_pdf(tmp_path, result):
    svg = write_figure(result, tmp_path / "run.svg").read_text("utf-8")
    assert f"<dc:description>{NOTICE}</dc:description>" in svg
    assert "<dc:date>" not in svg
    png = png_text(write_figure(result, tmp_path / "run.png").read_bytes())
    assert png["Description"] == NOTICE
    pdf = write_figure(result, tmp_path / "run.pdf").read_bytes()
    assert f"/Subject ({NOTICE})".encode() in pdf
    assert b"/CreationDate" not in pdf


def png_text(content):
    """Give the text chunks of a PNG file."""
    texts, place = {}, 8
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        if kind == b"tEXt":
            key, _, value = data.partition(b"\0")
            texts[key.decode("latin-1")] = value.decode("latin-1")
        elif kind == b"iTXt":
            key, _, rest = data.partition(b"\0")
            packed = rest[0] == 1
            value = rest[2:].split(b"\0", 2)[2]
            texts[key.decode()] = (zlib.decompress(value) if packed else value).decode()
        place += 12 + length
    return texts


def test_a_png_is_twice_as_fine_as_it_is_shown(tmp_path, result):
    content = write_figure(result, tmp_path / "run.png").read_bytes()
    assert struct.unpack(">I", content[16:20]) == (1600,)


def test_names_that_look_like_markup_are_drawn_as_they_are(drawn, make_arm, make_result):
    arm = make_arm("$x_1$ & <b>\x00 [bold]\n\\frac{µ}", failed=0)
    texts = drawn(make_result(arm, title="100 % $"))
    assert "$x_1$ & <b> [bold] \\frac{µ} (n = 60)" in texts
    assert "100 % $" in texts


def test_all_subjects_failed_one_subject_and_no_dose_are_said_in_words(
    drawn, make_arm, make_result
):
    texts = drawn(
        make_result(
            make_arm("failed", subjects=5, failed=5),
            make_arm("one", subjects=1, failed=0, band_label="typical patient, no spread"),
            make_arm("none", rows=(), failed=0),
        )
    )
    assert texts.count("all 5 subjects failed: nothing to draw") == 2
    assert texts.count("typical patient, no spread") == 2
    # Only the logarithmic panel of the arm without a dose has nothing to show.
    assert texts.count("no value above 0 to draw") == 1
    assert "failed (n = 5, 5 failed and not drawn)" in texts


def test_what_is_not_an_amount_gets_one_linear_panel_below(drawn, make_arm, make_result):
    texts = drawn(make_result(score(make_arm("a"))))
    assert "value (dimensionless)" in texts
    assert "value (dimensionless), logarithmic" not in texts
    assert "a, continued (n = 60, 1 failed and not drawn)" in texts
    assert "change of the rating" in texts


def test_one_output_can_be_chosen_and_an_unknown_one_is_refused(drawn, result):
    texts = drawn(result, outputs=("plasma_esnorketamine",))
    assert "esnorketamine, arterial plasma" in texts
    assert "esketamine, arterial plasma" not in texts
    with pytest.raises(UnknownNameError, match="no output 'plasma_esketamin'; close names"):
        drawn(result, outputs=("plasma_esketamin",))


def test_more_arms_or_outputs_than_can_be_read_are_refused(
    tmp_path, make_arm, make_result, monkeypatch
):
    arm = make_arm(subjects=2, failed=0)
    many = make_result(*[dataclasses.replace(arm, name=f"arm {n}") for n in range(7)])
    with pytest.raises(DomainError, match="7 arms; expected 1 to 6: draw them in several"):
        write_figure(many, tmp_path / "run.svg")
    outputs = tuple(dataclasses.replace(arm.outputs[0], name=f"out{n}") for n in range(8))
    wide = dataclasses.replace(arm, outputs=outputs, values=np.repeat(arm.values, 4, axis=-1))
    with pytest.raises(DomainError, match="8 outputs; expected at most 7: name the ones"):
        write_figure(make_result(wide), tmp_path / "run.svg")
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_exists_or_ends_otherwise_is_refused(tmp_path, result):
    with pytest.raises(FileInputError, match=r"ends in '\.gif'; expected one of \.svg"):
        write_figure(result, tmp_path / "run.gif")
    (tmp_path / "run.svg").write_text("mine")
    with pytest.raises(FileInputError, match="exists already"):
        write_figure(result, tmp_path / "run.svg")
    assert (tmp_path / "run.svg").read_text() == "mine"


def test_without_matplotlib_the_line_that_installs_it_is_given(tmp_path, result, hide_package):
    hide_package("matplotlib")
    with pytest.raises(MissingExtraError, match=r"pip install 'algesia\[plots\]'"):
        write_figure(result, tmp_path / "run.svg")
    assert list(tmp_path.iterdir()) == []
