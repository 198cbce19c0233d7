"""Pictures of the scorecard: what is drawn is what the tables say."""

import pytest

import dxkit as dx


@pytest.fixture(scope="module")
def card():
    return dx.scorecard(dx.read_dossier(dx.samples.path("portal")))


def test_the_bars_of_a_vendor_sum_to_its_score(card):
    axes = card.plot()
    ends = {}
    for bar in axes.patches:
        y = round(bar.get_y() + bar.get_height() / 2)
        ends[y] = ends.get(y, 0.0) + bar.get_width()
    scores = card.table["score"].tolist()[::-1]
    assert [ends[y] for y in sorted(ends)] == pytest.approx(scores)
    assert "recommended" not in axes.get_title(loc="left")


def test_the_shares_of_ranks_fill_the_bar(card):
    widths = sum(bar.get_width() for bar in card.plot_ranks().patches)
    assert widths == pytest.approx(100 * len(card.table))


def test_the_weight_strip_shows_interval_and_weight(card):
    axes = card.plot_weight_ranges()
    drawn = [line.get_xdata().tolist() for line in axes.lines]
    for row in card.stability.to_dict("records"):
        assert [pytest.approx(100 * row["low"]), pytest.approx(100 * row["high"])] in drawn
        assert [pytest.approx(100 * row["weight"])] in drawn


def test_the_plan_draws_what_is_worth_finding_out(card):
    plan = card.trial_plan.dropna(subset="value").head(8)
    assert [bar.get_width() for bar in card.plot_trial_plan().patches] == pytest.approx(plan["value"].tolist()[::-1])
