"""What somebody learns who reads all that a survey shows: `pytest -m simulated tests/claims`.

With `--full` more companies are tried than docs/validation.md tells.
"""

from functools import partial

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.privacy.figures import admitted, decided
from dxkit.survey.tally.from_survey import cut, of_survey
from dxkit.survey.tally.weighed import weighed
from tests.survey.privacy import companies, outsider
from tests.survey.privacy.test_figures import compared_with_cuts

RATINGS, YES_NO = {code: 25.0 * (code - 1) for code in range(1, 6)}, {0: 0.0, 1: 100.0}
SIZES = "companies of 8 to 60, 1 to 5 cuts, up to 25% blank"


def least_sums(seeds, k=5, beside=1_000):
    """Companies in which a set below k follows, by what is decided and, of the first ones, by a plain minimum."""
    found = plain = 0
    for seed in seeds:
        codes, answered = companies.company(np.random.default_rng([19, seed]))
        cells, people, n = companies.as_cells(codes, answered)
        figure = admitted(cells, n, k, admitted(cells, people, k))  # without detail, which takes most of the time
        if seed < beside:
            whole = decided(cells, people, n[:, None], k).figure
            assert all(np.array_equal(one, two[:, 0]) for one, two in zip(figure, whole, strict=True))
        rows = companies.rows_over_people(codes, figure)
        found += companies.smallest_sum(rows, answered, k) is not None
        if seed < beside:
            rows = companies.rows_over_people(codes, [np.bincount(code, answered) >= k for code in codes])
            plain += companies.smallest_sum(rows, answered, k) is not None
    return found, plain


def plain_scores(frame, items, cuts, k=5):
    """What a plain minimum shows: means of questions, and of people's own means over each dimension."""
    x, rows = frame[items].to_numpy(dtype=float), []
    for by in (None, *cuts):
        for inside in outsider.members(frame, by).values():
            for j, name in enumerate(items):
                here = inside & ~np.isnan(x[:, j])
                if here.sum() >= k:
                    rows.append((inside, {"level": "item", "name": name, "estimate": 25 * (x[here, j].mean() - 1)}))
            for d in range(len(items) // 2):
                own = x[:, 2 * d : 2 * d + 2]
                here = inside & ~np.isnan(own).all(axis=1)
                if here.sum() >= k:
                    mean = 25 * (np.nanmean(own[here], axis=1).mean() - 1)
                    rows.append((inside, {"level": "dimension", "name": f"D{d}", "estimate": mean}))
    return rows


def together(seeds, k=5):
    """Companies in which somebody's answer or sum of own answers follows from questions and dimensions together."""
    found = plain = 0
    for seed in seeds:
        frame, items, cuts = outsider.company(np.random.default_rng([31, seed]), blank=0.06)
        figures = outsider.printed(outsider.read(frame, items, cuts, min_group=k), frame, cuts)
        found += outsider.persons_told(frame, items, figures, k)
        plain += outsider.persons_told(frame, items, plain_scores(frame, items, cuts), k)
    return found, plain


def by_programs(seeds, k=5):
    """People whose answer is the only one that agrees with means and shares; and without bounds, with a plain minimum;
    answers; figures and figures of a plain minimum."""
    found = plain = answers = 0
    for seed in seeds:
        rng = np.random.default_rng([33, seed])
        agree, wanted = float(rng.choice([0, 0.5, 0.9, 1])), int(rng.integers(1, 6))
        frame, items, cuts = outsider.company(rng, items=1, agree=agree, cuts=wanted)
        if len(cuts) > 1 and rng.random() < 0.3:
            cuts = [*cuts, [cuts[0], cuts[-1]]]
        survey = outsider.read(frame, items, cuts, min_group=k)
        scores, shares = (outsider.printed(survey, frame, cuts, table) for table in (dx.scores, dx.answers))
        found += outsider.answers_told(frame, "q0", scores, shares, k)
        bare = [(inside, {**row, "bound": ""}) for inside, row in plain_scores(frame, items, cuts, k)]
        plain += outsider.answers_told(frame, "q0", bare, [], k)
        answers += int(frame["q0"].notna().sum())
    return found, plain, answers


def weighted_company(rng, in_file):
    """A survey with a rating and a yes or no, weighted by a roster or by the file; with the weight of each person."""
    wanted = int(rng.integers(1, 4))
    frame, items, cuts = outsider.company(rng, items=2, blank=0.15, agree=0.5, least=12, most=90, cuts=wanted)
    names = list(cuts)
    if len(cuts) > 1 and rng.random() < 0.5:
        cuts = [*cuts, [cuts[0], cuts[1]]]
    frame["q1"] = (frame["q1"] > 2).astype(float).where(frame["q1"].notna())
    frame = frame.dropna(subset=items, how="all").reset_index(drop=True)
    codebook, roster = outsider.book(items, names, [("w", "weight")] if in_file else []), None
    codebook.loc[codebook["item"] == "q1", "scale"] = "yesno"
    if in_file:
        kinds = pd.factorize(frame[names[0]] + frame[names[-1]])[0]
        by_kind, by_person = rng.choice([1, 1.5, 2.2, 3.1, 0.7], (2, len(frame)))
        frame["w"] = by_kind[kinds] if rng.random() < 0.7 else by_person
    else:
        margins = names[: int(rng.integers(1, min(2, len(names)) + 1))]
        roster = frame.groupby(margins).size().reset_index(name="headcount")
        roster["headcount"] = np.ceil(roster["headcount"] * rng.uniform(1, 2.5, len(roster))).astype(int)
    survey = dx.read_survey(frame, codebook, roster, cuts=cuts)
    if in_file:
        return frame, cuts, survey, dict.fromkeys(items, frame["w"].to_numpy())
    cells = cut(survey, None)
    place = of_survey(survey).place(cells.cells.columns)[1]
    weights = weighed(cells).weights[place][:, cells.at("item", items)]
    return frame, cuts, survey, dict(zip(items, weights.T, strict=True))


def whole_answers(seeds):
    """People whose whole answer follows from weighted figures, and with exact ones by a plain minimum; answers."""
    found = plain = answers = 0
    for seed in seeds:
        for in_file in (False, True):
            frame, cuts, survey, weights = weighted_company(np.random.default_rng([44, seed, in_file]), in_file)
            scores, shares = (outsider.printed(survey, frame, cuts, table) for table in (dx.scores, dx.answers))
            for item, values in (("q0", RATINGS), ("q1", YES_NO)):
                told = partial(outsider.whole_answers_told, frame, item, weight=weights[item], values=values)
                found += told(scores, shares)
                plain += told(outsider.exact(frame, item, cuts, weights[item], values), [], exact=True)
                answers += int(frame[item].notna().sum())
    return found, plain, answers


class Waves:
    """Four waves of a staff in which some join and leave, as files that change after they were shown."""

    def __init__(self, rng, folder):
        self.rng, self.folder, self.k = rng, folder, 5
        folder.mkdir()
        codebook = outsider.book(["q0"], ["s1"], [("who", "id")])
        codebook.to_csv(folder / "codebook.csv", index=False)
        size = int(rng.integers(12, 61))
        staff, response = [f"p{i}" for i in range(size)], rng.choice([0.75, 0.9, 1.0])
        team = {person: f"g{rng.integers(0, max(2, size // 8))}" for person in staff}
        self.frames = []
        for wave in range(4):
            gone = rng.random(len(staff)) < rng.choice([0.0, 0.05, 0.15])
            new = [f"n{wave}_{i}" for i in range(int(gone.sum()))]
            team |= {person: f"g{rng.integers(0, max(2, size // 8))}" for person in new}
            staff = [person for person, left in zip(staff, gone, strict=True) if not left] + new
            asked = [person for person in staff if rng.random() < response]
            frame = pd.DataFrame({"who": asked, "s1": [team[person] for person in asked]})
            self.frames.append(frame.assign(q0=rng.integers(1, 6, len(frame))))

    def shown(self, wave, frame, **options):
        """The survey of a file, and the groups whose figures it shows, as sets of people."""
        file = self.folder / f"responses_2026-Q{wave + 1}.csv"
        frame.to_csv(file, index=False)
        survey = dx.open_survey(file, min_group=self.k, cuts=["s1"], **options)
        rows = outsider.printed(survey, frame, ["s1"])
        groups = [frame["who"][inside].tolist() for inside, row in rows if row["level"] == "item" and not row["bound"]]
        return survey, groups, [(row["name"], row["n"], row["estimate"]) for _, row in rows]

    def changed(self, frame):
        """A late answer, a changed one or one that is withdrawn."""
        kind = int(self.rng.integers(0, 3))
        if kind == 0:
            row = pd.DataFrame({"who": ["late"], "s1": [frame["s1"].iloc[0]], "q0": [self.rng.integers(1, 6)]})
            return pd.concat([frame, row], ignore_index=True)
        if kind == 1:
            return frame.assign(q0=[6 - frame["q0"].iloc[0] or 1, *frame["q0"].iloc[1:]])
        return frame.iloc[1:].reset_index(drop=True)

    def told(self):
        """Whether few people follow from all pages with the record, and without it; and how many pages changed."""
        waves, without, surveys, differ = [], [], [], 0
        for wave, frame in enumerate(self.frames):
            survey, groups, before = self.shown(wave, frame)
            survey.release.publish()
            later = self.changed(frame)
            try:
                again = self.shown(wave, later)[2]
            except dx.DataError:
                again = before  # refused: nothing new is shown
            differ += again != before
            answers = dict(zip(frame["who"], 25.0 * (frame["q0"] - 1), strict=True))
            waves.append((answers, groups))
            surveys.append(survey)
            open_, loose = dict(answers), list(groups)
            changed = set(zip(later["who"], later["q0"], strict=True)) - set(
                zip(frame["who"], frame["q0"], strict=True)
            )
            renamed = {who: f"{who}, changed" if who in answers else who for who, _ in changed}
            open_ |= {renamed[who]: 25.0 * (answer - 1) for who, answer in changed}
            for group in self.shown(wave, later, record=False)[1]:
                loose.append([renamed.get(who, who) for who in group])
            without.append((open_, loose))
        changes = []
        for one in range(4):
            later = list(range(one + 1, 4))
            table = dx.compare(surveys[one], [surveys[two] for two in later]).table if len(later) > 1 else None
            for two in later:
                row = dx.compare(surveys[one], surveys[two]).table.iloc[0]
                if row["shown"]:
                    changes.append((one, two, row["estimate"]))
            if table is not None:
                shown = table.loc[(table["level"] == "item") & table["shown"], "estimate"]
                assert set(shown.round(9)) <= {round(estimate, 9) for _, _, estimate in changes}
        return (
            outsider.waves_told(waves, changes, self.k, 2) is not None,
            any(outsider.waves_told([each], [], self.k, 2) is not None for each in without),
            differ,
        )


def of_waves(seeds, folder):
    found = [Waves(np.random.default_rng([77, seed]), folder / str(seed)).told() for seed in seeds]
    return tuple(int(each) for each in np.sum(found, axis=0))


# ---- short versions, in the plain run


@pytest.mark.thorough
def test_few_companies_give_nobody_away(tmp_path):
    assert together(range(2))[0] == 0
    assert by_programs(range(2))[0] == 0
    assert whole_answers(range(1))[0] == 0
    with_record, _, differ = of_waves(range(1), tmp_path)
    assert (with_record, differ) == (0, 0)


# ---- the claims


@pytest.mark.simulated
def test_nobody_below_the_minimum_follows_from_all_that_is_shown(claimed):
    found, plain = least_sums(range(10_000))
    assert found == 0
    claimed(
        "the answers to a question of fewer than five people follow from all figures, for a reader who tries all sets",
        "none",
        f"{found}; under a plain minimum of five in {plain / 10:.0f}% of 1,000",
        f"10,000 {SIZES}",
    )


@pytest.mark.simulated
def test_two_cuts_give_nobody_away_by_least_edge_cuts(claimed):
    share = compared_with_cuts(range(1_500))
    assert share > 0.9
    claimed(
        "the same by least edge cuts of the graph of groups; two cuts, a minimum of 3 to 15",
        "none",
        f"0; {share:.1%} of the groups with enough people are shown",
        "1,500 companies of 12 to 150",
    )


@pytest.mark.simulated
def test_questions_and_dimensions_together_give_nobody_away(claimed, full):
    runs = full(60, 1_000)
    found, plain = together(range(runs))
    assert found == 0
    claimed(
        "somebody's answer, or sum of own answers, follows from questions and dimensions together",
        "none",
        f"{found}; under a plain minimum, with means over people's own means, in {plain / runs:.0%}",
        f"{runs:,} {SIZES.replace('25%', '6%')}, 4 questions",
    )


@pytest.mark.simulated
def test_linear_programs_over_means_and_shares_pin_nobody(claimed, full):
    runs = full(60, 1_000)
    found, plain, answers = by_programs(range(runs))
    assert found == 0
    claimed(
        "an answer is the only one that agrees with all means and shares, by linear programs; teams agree by 0 to 100%",
        "none",
        f"{found} of {answers:,}; under a plain minimum {plain:,}",
        f"{runs:,} {SIZES}",
    )


@pytest.mark.simulated
def test_weighted_figures_pin_no_whole_answer(claimed, full):
    runs = full(30, 300)
    found, plain, answers = whole_answers(range(runs))
    assert found == 0
    claimed(
        "a whole answer of up to eight people whose weights are known follows from weighted figures, all choices tried",
        "none",
        f"{found} of {answers:,}; from exact figures under a plain minimum {plain:,}",
        f"{runs:,} companies of 12 to 90 with a roster and {runs:,} with weights in the file, 1 to 3 cuts",
    )


@pytest.mark.simulated
def test_four_waves_and_comparisons_give_nobody_away(claimed, full, tmp_path):
    runs = full(40, 400)
    found, without, differ = of_waves(range(runs), tmp_path)
    assert (found, differ) == (0, 0)
    claimed(
        "one or two people follow from four waves and all comparisons, with late, changed and withdrawn answers",
        "none",
        f"{found}; without the record of what was shown in {without / runs:.0%}",
        f"{runs:,} staffs of 12 to 60 of whom some join and leave",
    )


@pytest.mark.simulated
def test_the_sample_company_keeps_its_detail(claimed):
    survey = dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv"))
    kept = [
        int(dx.scores(survey, by=by).only("item").table["shown"].sum()) for by in ("team", "role", "tenure", "site")
    ]
    before = 555, 235, 190, 144
    now = (f"**{n}**" if n < 0.99 * then else str(n) for n, then in zip(kept, before, strict=True))
    claimed(
        "figures of questions of the sample company by team, role, tenure, site",
        f"1% less than {', '.join(map(str, before))} in the version before",
        ", ".join(now),
        "1 company of 112 people, 48 questions",
    )
