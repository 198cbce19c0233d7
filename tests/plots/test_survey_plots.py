"""Pictures draw the figures of their table, hide what is hidden, and every label fits."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.plots.style import fitting
from tests import sample

HOSTILE = [
    "$_$ to $5",
    "<b>bold</b> & co",
    "_private",
    "long " * 60,
    "emoji \U0001f600 here",
    "two\nlines",
    "One [same]",
    "Two [same]",
]


@pytest.fixture(scope="module")
def company():
    return sample.wave()


def hostile(teams=6):
    rng = np.random.default_rng(4)
    names = [f"q{i}" for i in range(len(HOSTILE))]
    book = pd.DataFrame(
        {
            "item": [*names, "team"],
            "text": [*HOSTILE, "team"],
            "kind": [*["rating"] * 8, "segment"],
            "scale": [*["agreement5"] * 8, ""],
            "dimension": [*HOSTILE[:4], *HOSTILE[:4], ""],
        }
    )
    frame = pd.DataFrame(rng.integers(1, 6, (70, 8)), columns=names)
    frame["team"] = rng.choice([f"$team$ {'x' * 50} {t}" for t in range(teams)], 70)
    return dx.read_survey(frame, book)


def texts_outside(ax):
    figure = ax.figure
    figure.draw_without_rendering()
    box = figure.bbox
    found = figure.findobj(
        lambda artist: isinstance(artist, plt.Text) and artist.get_visible() and artist.get_text().strip()
    )
    return [
        text.get_text()
        for text in found
        if not (lambda b: box.x0 - 2 <= b.x0 and b.x1 <= box.x1 + 2 and box.y0 - 2 <= b.y0 and b.y1 <= box.y1 + 2)(
            text.get_window_extent()
        )
    ]


def test_answer_bars_are_the_shares_of_the_table(company):
    result = dx.answers(company).only(["sat_ci", "sat_docs", "sat_oncall"])
    ax = result.plot()
    for label, item in (("Waiting for CI", "sat_ci"), ("Finding documentation", "sat_docs")):
        y = [tick.get_text() for tick in ax.get_yticklabels()].index(label)
        widths = sorted(round(p.get_width(), 6) for p in ax.patches if abs(p.get_y() + p.get_height() / 2 - y) < 0.01)
        rows = result.table[result.table["item"] == item]
        assert widths == sorted(round(100 * share, 6) for share in rows["share"])


def test_the_least_favourable_question_is_on_top_and_in_the_title(company, snapshot):
    ax = dx.answers(company).only(company.codebook.of_kind("rating", topic=True)).plot()
    assert ax.get_yticklabels()[-1].get_text() == "Waiting for CI"
    assert ax.get_title(loc="left") == snapshot


def test_the_neutral_answer_is_centred(company):
    ax = dx.answers(company).only(["sat_ci"]).plot()
    neutral = [patch for patch in ax.patches if patch.get_facecolor()[:3] == plt.matplotlib.colors.to_rgb("#8F8F8F")]
    assert len(neutral) == 1
    assert neutral[0].get_x() + neutral[0].get_width() / 2 == pytest.approx(0)


def test_scores_stand_at_their_estimates_lowest_on_top(company):
    result = sample.scores()
    ax = result.plot()
    rows = result.only(level="dimension").table.sort_values("estimate")
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names[::-1] == rows["label"].tolist()
    points = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert sorted(points) == pytest.approx(rows["estimate"].tolist())


def test_suppressed_cells_are_hatched_and_carry_no_number(company):
    result = sample.scores(by="team")
    ax = result.plot()
    rows = result.only(level="dimension").table
    hatched = [patch for patch in ax.patches if patch.get_hatch()]
    assert len(hatched) == (~rows["shown"]).sum() > 0
    numbers = [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    assert len(numbers) == rows["shown"].sum()


def test_response_rates_hide_what_the_table_hides(company):
    result = dx.response_rate(company)
    ax = result.plot()
    assert sum(bool(patch.get_hatch()) for patch in ax.patches) == (~result.table["shown"]).sum() > 0


@pytest.mark.parametrize("picture", ["answers", "scores", "heat", "rate", "items"])
@pytest.mark.thorough
def test_no_text_leaves_the_picture(company, picture):
    drawn = {
        "answers": lambda: dx.answers(company).only(company.codebook.of_kind("rating", topic=True)).plot(),
        "scores": lambda: sample.scores().plot(),
        "heat": lambda: sample.scores(by="team").plot(),
        "rate": lambda: dx.response_rate(company).plot(),
        "items": lambda: sample.scores().plot(level="item"),
    }[picture]()
    assert texts_outside(drawn) == []


@pytest.mark.thorough
def test_hostile_labels_are_only_text():
    survey = hostile()
    for ax in (dx.answers(survey).plot(), dx.scores(survey).plot(level="item"), dx.scores(survey, by="team").plot()):
        assert texts_outside(ax) == []
        ax.figure.canvas.draw()
    names = [tick.get_text() for tick in dx.answers(survey).plot().get_yticklabels()]
    assert len(names) == 8
    assert "$_$ to $5" in names


def test_nothing_to_show_is_said(snapshot):
    survey = dx.read_survey(
        pd.DataFrame({"q": [1, 2]}),
        pd.DataFrame({"item": ["q"], "text": ["Q"], "kind": ["rating"], "scale": ["agreement5"]}),
    )
    assert dx.answers(survey).plot().texts[0].get_text() == snapshot
    dx.scores(survey).plot(level="item").figure.canvas.draw()


def test_a_given_axes_is_drawn_into(company):
    _, ax = plt.subplots()
    assert sample.scores().plot(ax=ax) is ax
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_fits_its_lines(text):
    lines = fitting(text, 20, 2).split("\n")
    assert len(lines) <= 2
    assert all(len(line) <= 20 for line in lines)


@pytest.mark.parametrize(("names", "maps"), [(None, True), (["Flow"], False)])
def test_groups_are_a_map_where_there_are_several_names_and_points_where_there_is_one(company, names, maps):
    ax = sample.scores(by="tenure").only("dimension", names).plot()
    colour_bars = len(ax.figure.axes) - 1
    assert (colour_bars == 1) == maps
    assert any(line.get_marker() == "o" for line in ax.lines) != maps
