"""Pictures of rankings and changes draw the figures of their tables, and every label fits."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Ellipse, Rectangle

import dxkit as dx
from dxkit.plots.style import BLACK, RED
from dxkit.plots.survey import _apart
from tests import sample
from tests.plots.test_survey_plots import HOSTILE

NAMES = [f"q{i}" for i in range(len(HOSTILE))]


@pytest.fixture(scope="module")
def company():
    return sample.wave()


@pytest.fixture(scope="module")
def ranking():
    return sample.ranking()


def hostile(seed=1):
    rng = np.random.default_rng(seed)
    book = pd.DataFrame({"item": NAMES, "text": HOSTILE, "topic": HOSTILE, "kind": "rating", "scale": "agreement5"})
    importance = book.assign(
        item=[f"i{name}" for name in NAMES],
        text=[f"How important? [{t}] {k}" for k, t in enumerate(HOSTILE)],
        kind="importance",
        scale="importance5",
    )
    team = pd.DataFrame([{"item": "team", "text": "Team", "kind": "segment"}])
    book = pd.concat([book, importance, team], ignore_index=True).fillna("")
    items = [*NAMES, *importance["item"]]
    frame = pd.DataFrame(rng.integers(1, 6, (40, len(items))), columns=items)
    frame["team"] = rng.choice(["$a$ <b>", "long team name " * 4, "C"], 40)
    return dx.read_survey(frame, book)


def fits(axes):
    figure = axes.figure
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    undrawn = {
        tick.label1
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    for text in set(figure.findobj(plt.Text)) - undrawn:
        if text.get_text() and text.get_visible():
            box = text.get_window_extent()
            assert min(box.x0, box.y0, width - box.x1, height - box.y1) > -1, text.get_text()
    return True


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_the_ranking_draws_every_topic_with_interval_ranks_and_chance(ranking, snapshot):
    axes = ranking.plot()
    table = ranking.table
    drawn = sorted(tuple(np.round(line.get_xdata(), 9)) for line in axes.lines if len(line.get_xdata()) == 2)
    assert drawn == sorted(zip(table["low"].round(9), table["high"].round(9), strict=True))
    points = {round(float(line.get_xdata()[0]), 9) for line in axes.lines if len(line.get_xdata()) == 1}
    assert points == set(table["estimate"].round(9))
    assert [label.get_text() for label in axes.get_yticklabels()][::-1] == table["topic"].tolist()
    assert {"ranks\n(95%)", "2 to 4", "over 99%"} <= set(texts(axes))
    assert axes.get_title(loc="left") == snapshot
    red = [line for line in axes.lines if line.get_color() == RED and len(line.get_xdata()) == 1]
    assert len(red) == 2
    assert fits(axes)


def test_the_action_grid_has_an_ellipse_of_the_right_size(ranking):
    axes = ranking.grid.plot()
    ellipses = [patch for patch in axes.patches if isinstance(patch, Ellipse)]
    assert len(ellipses) == 2 * len(ranking.grid.table)
    row = ranking.grid.table.sort_values("satisfaction").iloc[0]
    area = np.pi / 4 * ellipses[0].width * ellipses[0].height
    determinant = row["var_importance"] * row["var_satisfaction"] - row["covariance"] ** 2
    df = row["df"]
    from scipy import stats

    size = 2 * df / (df - 1) * stats.f.ppf(0.95, 2, df - 1)  # Hotelling's T squared
    assert area == pytest.approx(np.pi * size * np.sqrt(determinant), rel=1e-6)
    assert fits(axes)


def test_the_ellipse_holds_the_truth_as_often_as_it_says():
    from dxkit.plots.ranking import _ellipse

    rng, root, inside = np.random.default_rng(2), np.array([[3.0, 0.0], [2.0, 1.5]]), 0
    for _ in range(600):
        sample = rng.normal(size=(20, 2)) @ root.T
        cov = np.cov(sample.T) / 20
        row = {"var_importance": cov[0, 0], "var_satisfaction": cov[1, 1], "covariance": cov[0, 1], "df": 19}
        width, height, angle = _ellipse(row, 0.95)
        turn = np.deg2rad(angle)
        x, y = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) @ sample.mean(axis=0)
        inside += (x / (width / 2)) ** 2 + (y / (height / 2)) ** 2 <= 1
    assert inside / 600 == pytest.approx(0.95, abs=0.03)


def test_groups_whose_worst_are_told_frame_them_and_hatch_what_is_hidden():
    ranking = sample.ranking(by="role")
    axes = ranking.plot()
    frames = [patch for patch in axes.patches if isinstance(patch, Rectangle) and not patch.get_fill()]
    hatched = [patch for patch in axes.patches if isinstance(patch, Rectangle) and patch.get_hatch()]
    assert len(frames) == 2 * ranking.groups["verdict"].isin(["clear", "likely"]).sum() > 0
    assert len(hatched) == (~ranking.table["shown"]).sum()
    assert fits(axes)


def test_a_change_colours_only_what_holds(company, snapshot):
    asked = company.codebook.of_kind("rating", topic=True)
    result = dx.compare(sample.wave("2025-Q4"), sample.wave("2026-Q3"), only=asked)
    axes = result.plot()
    lines = {
        tuple(line.get_ydata()): line.get_linewidth()
        for line in axes.lines
        if len(line.get_xdata()) == 2 and line.get_marker() == "o"
    }
    for row in result.table.itertuples():
        assert (lines[row.before, row.after] > 2) == row.holds
    assert axes.get_title(loc="left") == snapshot
    assert fits(axes)


def test_a_change_of_what_is_neither_good_nor_bad_is_black_with_the_decimals_of_the_table():
    def wave(shift):
        steps = [1 + (k + shift * (k % 2)) % 5 for k in range(60)]
        return dx.read_survey(pd.DataFrame({"a": steps, "b": [1 + k % 5 for k in range(60)]}), book)

    book = pd.DataFrame({"item": ["a", "b"], "text": ["A", "B"], "kind": "rating", "scale": "1-5", "good": "neither"})
    result = dx.compare(wave(0), wave(3), adjust="none")
    row = result.table.iloc[0]
    result = replace(result, table=result.table.assign(holds=result.table["name"] == "a"))
    texts = {text.get_text().strip(): text.get_color() for text in result.plot().texts}
    assert texts[f"{row['after']:.1f}  ({row['estimate']:+.1f})"] == BLACK
    assert f"A  {row['before']:.1f}" in texts


def test_a_change_names_its_waves_and_marks_what_was_reworded():
    def wave(text, **more):
        book = {"item": ["a", "b"], "text": [text, "B"], "kind": "rating", "scale": "1-5", "same_as": ["a", ""]}
        return dx.read_survey(pd.DataFrame({name: [1, 2, 3, 4, 5] * 4 for name in "ab"}), pd.DataFrame(book), **more)

    first, alike, other = wave("How fast?", wave="spring"), wave("How fast?"), wave("Is it fast?", wave="autumn")
    for second, ticks, stars in ((other, ["spring", "autumn"], 1), (alike, ["spring", "after"], 0)):
        axes = dx.compare(first, second).plot()
        assert [tick.get_text() for tick in axes.get_xticklabels()] == ticks
        assert sum("*" in text.get_text() for text in axes.texts) == stars
        assert ("asked in other words" in axes.get_xlabel()) == stars


@pytest.mark.thorough
def test_hostile_labels_are_only_text():
    survey = hostile()
    ranking = dx.rank_pains(survey)
    for axes in (
        ranking.plot(),
        ranking.grid.plot(),
        dx.rank_pains(survey, by="team").plot(),
        dx.compare(hostile(2), survey).plot(),
    ):
        assert fits(axes)
        plt.close(axes.figure)
    assert "<b>bold" not in ranking._repr_html_()


def test_labels_are_moved_apart_and_keep_their_order():
    places = _apart([5.0, 5.0, 5.1, 9.0], 1.0)
    assert (np.diff(np.sort(places)) > 0.99).all()
    assert places[3] > places[2]


def test_a_ranking_by_segments_draws_a_cell_for_every_topic_and_group():
    result = sample.ranking(by="tenure")
    ax = result.plot()
    assert [label.get_text() for label in ax.get_xticklabels()] == list(dict.fromkeys(result.table["tenure"]))
    assert len(ax.get_yticklabels()) == result.table["topic"].nunique()
