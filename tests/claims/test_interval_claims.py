"""How often 95% intervals hold the truth, in worlds that break what they suppose: `pytest -m simulated tests/claims`.

Everything goes through `dx.read_survey` and `dx.scores`, without the rules of anonymity but that of five answers.
Limits allow for two simulation errors.
"""

import numpy as np
import pytest

from tests.claims.surveys import Staff, half_way, held, without_roster
from tests.claims.worlds import WORLDS, in_percent, least, most
from tests.statistics.means import half_way as forms
from tests.survey.test_coverage import PEOPLE, coverage

pytestmark = pytest.mark.usefixtures("nothing_hidden")

ANSWERS = (8, 12, 20, 40, 100)
RUNS = 600
STAFFS = {
    "60 people, post-stratified": Staff(people=60, margins=1, skipped=0.0),
    "60 people, raked": Staff(people=60, skipped=0.15),
    "180 people, post-stratified": Staff(people=180, margins=1, skipped=0.15),
    "180 people, raked": Staff(people=180),
    "1,200 people, post-stratified": Staff(people=1_200, margins=1),
    "1,200 people, raked": Staff(people=1_200, skipped=0.0),
}
LARGER = {"people": 180, "teams": (6, 14), "response": (0.5, 0.95)}
GROUPS = {
    "by team": (Staff(margins=1, **LARGER), "team"),
    "by team, raked": (Staff(**LARGER), "team"),
    "by role, raked": (Staff(**LARGER), "role"),
}
MEANS = ("ratings", "dimensions", "overall", "ratings near the ceiling", "two classes of respondents", "recommendation")
TAILS = ("half lose no hour", "heaped hours")


def test_intervals_of_a_few_surveys_mostly_hold_the_truth():
    for world in ("ratings", "half lose no hour"):
        assert without_roster(world, 12, 100)[0] >= least(WORLDS[world].without, 100)
    found = held(STAFFS["60 people, raked"], 5)
    assert found.flat == 0
    assert found.inside["ratings"][0] >= 0.8


@pytest.fixture(scope="module")
def unweighted():
    """By world and number of answers: shares of intervals of questions, dimensions and Student's t that hold."""
    return {(world, n): without_roster(world, n, RUNS) for world in WORLDS for n in ANSWERS}


def worst(shares):
    """The lowest share, and where."""
    where = min(shares, key=lambda key: shares[key])
    return shares[where], where


@pytest.mark.simulated
def test_intervals_without_a_roster(claimed, unweighted):
    rows = {
        "ratings, dimensions of two questions, recommendation": [
            world for world, each in WORLDS.items() if each.kind != "hours"
        ],
        "hours of which half are zero, or that are heaped": TAILS,
        "hours with a long tail, at most 40": ["hours with a long tail"],
        "hours with a long tail, at most 168": ["hours with the longest tail"],
    }
    for claim, worlds in rows.items():
        target = WORLDS[worlds[0]].without
        found = {(world, n): unweighted[world, n] for world in worlds for n in ANSWERS}
        items, student = (worst({key: each[k] for key, each in found.items()}) for k in (0, 2))
        pairs = [each[1] for each in found.values() if each[1] == each[1]]
        assert items[0] >= least(target, RUNS), items
        assert min(pairs, default=1) >= least(target, RUNS)
        of_two = f", of dimensions {in_percent(min(pairs), target)}" if pairs else ""
        claimed(
            f"95% intervals without a roster hold the mean of all that could be: {claim}",
            f"{100 * target:g}% or more in each world",
            f"{in_percent(items[0], target)} in the worst ({items[1][0]}, {items[1][1]} answers){of_two}; "
            f"Student's t {in_percent(student[0])}",
            f"{len(worlds)} world{'s' * (len(worlds) > 1)}, 8 to 100 answers, 600 surveys each",
        )


@pytest.fixture(scope="module")
def of_staff():
    return {name: held(staff, 200) for name, staff in STAFFS.items()}


@pytest.fixture(scope="module")
def of_groups():
    return {name: held(staff, 120, by) for name, (staff, by) in GROUPS.items()}


def ranges(found, kinds):
    """Shares of intervals that hold, by where and kind."""
    return {(where, kind): each.inside[kind][0] for where, each in found.items() for kind in kinds}


@pytest.mark.simulated
def test_intervals_of_a_finite_staff(claimed, of_staff):
    means = ranges(of_staff, MEANS)
    assert min(means.values()) >= least(0.935, 200), worst(means)
    assert max(means.values()) <= most(0.98, 200), means
    low, where = worst(means)
    claimed(
        "95% intervals hold the truth of all staff: ratings, dimensions, overall, recommendation",
        "93.5 to 98%",
        f"{in_percent(low, 0.935)} ({where[1]}; {where[0]}) to {in_percent(max(means.values()))}",
        "60, 180 and 1,200 people in teams of 4 to 12, of whom 20 to 95% answer and leave 0 to 15% blank; one and "
        "three margins; 200 surveys each (simulation error up to 2.5 points)",
    )
    for claim, kinds, target in (
        ("shares of favourable answers", ["favourable"], 0.935),
        ("ratings of which 6% are very low", ["6% very unhappy"], 0.90),
        ("hours of which half are zero, or that are heaped", TAILS, 0.89),
        ("hours with a long tail, at most 40", ["hours with a long tail"], 0.88),
    ):
        low, where = worst(ranges(of_staff, kinds))
        assert low >= least(target, 200), where
        claimed(
            f"of all staff: {claim}",
            f"{100 * target:g}% or more",
            f"{in_percent(low, target)} in the worst ({where[0]})",
            "the same",
        )
    assert sum(each.flat for each in of_staff.values()) == 0


@pytest.mark.simulated
def test_intervals_of_groups(claimed, of_groups):
    liked = ranges(of_groups, ("ratings", "dimensions"))
    assert min(liked.values()) >= least(0.945, 200), liked
    assert max(liked.values()) <= most(0.985, 200), liked
    low, where = worst(liked)
    runs = "180 people in teams of 6 to 14, of whom 50 to 95% answer; by team and role; 120 surveys each"
    claimed(
        "95% intervals of groups hold the truth of the group: ratings, dimensions",
        "94.5 to 98.5%",
        f"{in_percent(low, 0.945)} ({where[1]}; {where[0]}) to {in_percent(max(liked.values()))}",
        runs,
    )
    for claim, kinds, target in (
        ("overall, two classes of respondents, recommendation, ratings near the ceiling", MEANS[2:], 0.94),
        ("hours of which half are zero, or that are heaped", TAILS, 0.92),
        (
            "ratings of which 6% are very low; hours with a long tail",
            ["6% very unhappy", "hours with a long tail"],
            0.90,
        ),
    ):
        low, where = worst(ranges(of_groups, kinds))
        assert low >= least(target, 200), where
        claimed(
            f"of groups: {claim}",
            f"{100 * target:g}% or more",
            f"{in_percent(low, target)} in the worst ({where[1]}; {where[0]})",
            "the same",
        )
    each = of_groups["by team"]
    assert each.width <= 1
    assert each.flat == 0
    claimed(
        "mean width of the intervals of a team's ratings, in that of Student's t of the team's answers",
        "at most 1, and none without width",
        f"{each.width:.2f}, none; Student's t holds {in_percent(each.student)}, {each.student_flat} without width",
        "180 people, 120 surveys",
    )


@pytest.mark.simulated
def test_intervals_of_the_sample_company(claimed):
    told = []
    for name, margins in (("post-stratified", ["team"]), ("raked", ["team", "role", "tenure", "site"])):
        covered = coverage(PEOPLE.groupby(margins).size().rename("headcount").reset_index(), 100)
        assert 0.935 <= covered <= 0.98
        told.append(f"{in_percent(covered)} {name}")
    claimed(
        "95% intervals hold the truth of the sample company's staff, though teams answer at different rates",
        "93.5 to 98%",
        ", ".join(told),
        "all questions and dimensions, 100 surveys each",
    )


def test_student_is_what_others_compute():
    """The peer is Student's interval: of five equal answers it has no width, and of 1 to 5 it is the textbook's."""
    from scipy import stats

    from dxkit.statistics.intervals import t_quantile

    codes = np.arange(1.0, 6.0)
    half = float(t_quantile(np.array(4.0), 0.975)) * codes.std(ddof=1) / np.sqrt(5)
    assert stats.t.interval(0.95, 4, 3, stats.sem(codes)) == pytest.approx((3 - half, 3 + half))


@pytest.mark.simulated
def test_intervals_of_a_dimension_that_many_left(claimed):
    found = {stopped: half_way(stopped, RUNS) for stopped in (25, 50)}
    assert min(found.values()) >= least(0.94, RUNS)
    claimed(
        "the interval of a dimension of nine questions, before which many of 100 people left the form, holds the mean",
        "94% or more",
        f"{in_percent(found[25])} where 25 left, {in_percent(found[50])} where 50 did",
        "600 dimensions each",
    )


def test_blanks_that_are_independent_change_no_width():
    for place in forms.PLACES:
        found = forms.held(forms.INDEPENDENT, place, 6)
        assert found.last_width[1] == pytest.approx(found.last_width[0], rel=0.005)
        assert found.difference_width[1] == pytest.approx(found.difference_width[0], rel=0.005)


@pytest.mark.simulated
def test_intervals_where_people_leave_a_form_half_way_or_skip_a_block(claimed):
    runs, worlds = 150, [(way, place) for way in forms.LEFT for place in forms.PLACES]
    found = [forms.held(forms.LEFT[way], place, runs) for way, place in worlds]
    last = [(one.last, one.last_width) for one in found]
    differences = [(one.differences, one.difference_width) for one in found]
    for kind, claim, where in (
        (
            last,
            "95% intervals hold the mean of a dimension of nine questions that many left blank, stopping half-way or "
            "skipping it as a block",
            "half of the people stop somewhere; a quarter, and 5% blank; 8 of 10 in every second team; 40% skip the "
            f"block; 30 answers, 100 with a roster, six teams of 120; {runs} surveys each",
        ),
        (differences, "of differences of two such questions, as a ranking takes them", "the same"),
    ):
        inside, (before, now, exact) = (np.transpose([each[k] for each in kind]) for k in (0, 1))
        (low, at), ratio = worst(dict(zip(worlds, inside[1], strict=True))), before / now
        off = np.abs(now / exact - 1).max()
        assert low >= least(0.94, runs), at
        assert off <= 0.02
        claimed(
            claim,
            "94% or more in each world, within 2% of the width that exact counts give",
            f"{in_percent(low, 0.94)} in the worst ({at[0]}; {at[1]}), within {in_percent(off)}; were blanks taken as "
            f"independent {in_percent(inside[0].min())}, with {ratio.min():.2f} to {ratio.max():.2f} of the width",
            where,
        )
