"""Tables of any tool are audited from outside: what follows about few people is found, and nothing else."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.privacy.audit_tables import _FIGURES, _chains, _figures, _tree

KINDS = pd.DataFrame(
    [("A", "dev", 11), ("A", "lead", 1), ("B", "dev", 7), ("B", "lead", 5)], columns=["team", "role", "n"]
)
THREE = [(24, "50.0"), (12, "56.2", "A"), (12, "43.8", "B")]


def figures(*rows, question="CI is fast"):
    """n, value, team, role of each figure."""
    frame = pd.DataFrame([(*row, "", "")[:4] for row in rows], columns=["n", "value", "team", "role"])
    return frame.assign(question=question)


def rows_of(audit):
    return [tuple(row) for row in audit.table[["who", "people", "low", "high", "determined"]].itertuples(index=False)]


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ([(9, "62.5"), (8, "70.3", "Red")], [("team (not shown)", 1, 0.0, 0.0, True)]),
        ([(12, "61.5"), (8, "70.3", "Red")], [("team (not shown)", 4, 43.75, 43.75, True)]),
        ([(13, "61.5"), (8, "70.3", "Red")], []),
    ],
)
def test_what_the_whole_leaves_over_is_worked_out(shown, found):
    assert rows_of(dx.audit_tables(figures(*shown).drop(columns="role"), step=25)) == found


def test_who_works_there_tells_more():
    dev, lead = figures(*THREE, (11, "59.1", "A", "dev")), figures(*THREE, (6, "41.7", "", "lead"))
    assert rows_of(dx.audit_tables(dev, KINDS, step=25)) == [("team A, role lead", 1, 25.0, 25.0, True)]
    assert dx.audit_tables(dev, KINDS, step=25).table["from"].tolist() == ["team A, team A, role dev"]
    assert rows_of(dx.audit_tables(lead, KINDS, step=25)) == []


def test_a_row_per_person_is_the_same_as_a_row_per_kind():
    each = KINDS.loc[KINDS.index.repeat(KINDS["n"]), ["role", "team"]]
    dev = figures(*THREE, (11, "59.1", "A", "dev"))
    assert rows_of(dx.audit_tables(dev, each, step=25)) == rows_of(dx.audit_tables(dev, KINDS, step=25))


def test_a_group_at_the_end_of_the_scale_tells_what_each_of_its_people_answered():
    found = dx.audit_tables(figures((24, "50.0"), (12, "100.0", "A")), KINDS, step=25)
    assert rows_of(found) == [("team A, role lead", 1, 100.0, 100.0, False)]


def test_people_who_skipped_make_the_sizes_of_groups_unknown():
    """Of B two skipped, and nobody knows who; A less its developers is one lead all the same."""
    skipped = figures((22, "50.0"), (12, "56.2", "A"), (10, "42.5", "B"), (11, "59.1", "A", "dev"))
    found = dx.audit_tables(skipped, KINDS, step=25)
    assert rows_of(found) == [("team A, role lead", 1, 25.0, 25.0, True)]
    assert found.table["sizes_agree"].tolist() == [False]


def test_figures_that_contradict_each_other_leave_the_means_empty_and_say_so():
    found = dx.audit_tables(figures((9, "20.0"), (8, "70.3", "Red")).drop(columns="role"))
    assert found.table[["low", "high"]].isna().all(axis=None)
    assert "CI is fast: the figures contradict each other, so low and high are empty" in found.notes


def test_groups_that_overlap_are_not_parts_of_the_whole():
    found = dx.audit_tables(figures((9, "62.5"), (8, "70.3", "Red"), (7, "60.0", "Blue")).drop(columns="role"))
    assert found.table.empty
    assert found.notes[0] == "the groups of team have more answers than everybody"


def test_the_printed_decimals_are_the_rounding_and_a_column_of_numbers_has_the_most_of_any():
    text = figures((9, "62"), (8, "70", "Red")).drop(columns="role")
    number = text.assign(value=[62.5, 70.0])
    assert rows_of(dx.audit_tables(text))[0][2:4] == pytest.approx((0.0, 6.5))  # 9 x 62.5 less 8 x 69.5
    assert rows_of(dx.audit_tables(number))[0][2:4] == pytest.approx((1.65, 3.35))
    assert rows_of(dx.audit_tables(text.assign(value=["62%", "70%"]))) == rows_of(dx.audit_tables(text))


def test_another_scale_gives_the_same_people():
    marks = figures((9, "3.5"), (8, "3.8", "Red")).drop(columns="role")
    assert rows_of(dx.audit_tables(marks, scale=(1, 5), step=1)) == [("team (not shown)", 1, 1.0, 1.0, True)]


def test_crossed_figures_are_compared_with_the_figure_that_they_are_part_of():
    crossed = figures((30, "50"), (12, "56.2", "A"), (11, "59.1", "A", "dev"))
    assert rows_of(dx.audit_tables(crossed, step=25)) == [("team A, role (not shown)", 1, 25.0, 25.0, True)]


def test_what_is_left_over_is_named_by_the_attributes_that_the_finer_figures_are_cut_by():
    """By team of 30: A has 12 and B 14, so four are left; of A all but one are developers."""
    shown = figures((30, "50"), (12, "56.2", "A"), (14, "40", "B"), (11, "59.1", "A", "dev"))
    found = [("team (not shown)", 4, 62.5, 68.75, True), ("team A, role (not shown)", 1, 25.0, 25.0, True)]
    assert rows_of(dx.audit_tables(shown, step=25)) == found


def test_figures_of_everybody_alone_are_held_against_how_many_work_there():
    """Four people at the top of the scale; of eight as many tell nothing of fewer than five."""
    shown = pd.DataFrame({"question": ["CI is fast"], "n": [4], "value": ["100.0"]})
    found = dx.audit_tables(shown, KINDS[:1].assign(n=4))
    assert rows_of(found) == [("everybody", 4, 99.95, 100.0, True)]
    assert found.title == "1 set of fewer than 5 people can be worked out"
    assert dx.audit_tables(shown.assign(n=8), KINDS[:1].assign(n=8)).table.empty


def test_waves_are_kept_apart():
    waves = [figures(*THREE).assign(wave=wave).drop(columns="role") for wave in ("2026-Q1", "2026-Q2")]
    assert dx.audit_tables(pd.concat(waves)).table.empty


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"value": "many"}, "many"),
        ({"value": "170.3"}, "not on the scale"),
        ({"n": "few"}, "few"),
        ({"n": ""}, "empty"),
    ],
)
def test_a_figure_that_is_none_is_refused(refusal, change, named):
    with refusal(named):
        dx.audit_tables(figures((9, "62.5"), (8, "70.3", "Red")).assign(**change))


def test_an_attribute_that_people_lack_and_a_scale_that_is_none_are_refused(refusal):
    shown = figures(*THREE)
    with refusal("role"):
        dx.audit_tables(shown, KINDS.drop(columns="role"))
    with refusal("lowest answer comes first"):
        dx.audit_tables(shown, scale=(5, 1))


def test_above_300_kinds_single_ones_are_tried(tmp_path):
    kinds = pd.DataFrame({"team": [f"t{i}" for i in range(310)], "role": "dev"})
    shown = figures((310, "50.0"), *((1, "75.0", f"t{i}") for i in range(2)))
    found = dx.audit_tables(shown, kinds)
    assert found.table["who"].tolist() == ["team t0, role dev", "team t1, role dev"]
    assert "with more than 300 cells only single ones were tried" in found.notes[0]


def dashboard(seed):
    """Percentages as dashboards show them, by attribute, groups below 5 hidden; who is left over, and the answers."""
    rng = np.random.default_rng([77, seed])
    n = int(rng.integers(12, 90))
    people = pd.DataFrame({"team": rng.choice(list("ABCDEFG"), n, p=rng.dirichlet(np.full(7, 1.2)))})
    people["role"] = rng.choice(["dev", "lead", "ops"], n, p=[0.7, 0.1, 0.2])
    yes, rows, left = 100.0 * (rng.random(n) < rng.uniform(0.2, 0.8)), [(n, "", "")], []
    for name in people:
        hidden = people[name].map(people[name].value_counts()) < 5
        if rng.random() < 0.3:  # a tool that hides the next smallest too
            counts = people.loc[~hidden, name].value_counts()
            hidden |= people[name] == (counts.index[-1] if len(counts) else "")
        for value, size in people.loc[~hidden, name].value_counts().items():
            rows.append((size, *((value, "") if name == "team" else ("", value))))
        if 0 < hidden.sum() < 5:
            left.append((f"{name} (not shown)", int(hidden.sum()), yes[hidden].mean()))
    frame = pd.DataFrame(rows, columns=["n", "team", "role"])
    inside = [
        ((people["team"] == team) | (team == "")) & ((people["role"] == role) | (role == ""))
        for team, role in zip(frame["team"], frame["role"], strict=True)
    ]
    shares = [f"{yes[each].mean():.{0 if seed % 2 else 1}f}%" for each in inside]
    return frame.assign(value=shares, question="CI is fast"), people, yes, left, np.array(inside)


def audited(seeds):
    """How many disclosures were there and found; with people known, each that is found is held against the truth."""
    planted = found = false = known = 0
    for seed in seeds:
        shown, people, yes, left, inside = dashboard(seed)
        told = {row.who: row for row in dx.audit_tables(shown, step=100).table.itertuples()}
        planted += len(left)
        found += sum(who in told and told[who].low - 1e-6 <= mean <= told[who].high + 1e-6 for who, _, mean in left)
        false += len(set(told) - {who for who, _, _ in left})
        rank = np.linalg.matrix_rank(inside.astype(float))
        kinds = "team " + people["team"] + ", role " + people["role"]
        for row in dx.audit_tables(shown, people, step=100).table.itertuples():
            few = kinds.isin(row.who.split(" + ")).to_numpy()
            determined = np.linalg.matrix_rank(np.vstack([inside, few]).astype(float)) == rank
            true = few.sum() == row.people < 5 and row.low - 1e-6 <= yes[few].mean() <= row.high + 1e-6
            false += not (true and (determined == row.determined) and (determined or row.high - row.low <= 10))
            known += 1
    return planted, found, false, known


@pytest.mark.thorough
def test_disclosures_of_dashboards_are_found_and_no_other():
    planted, found, false, known = audited(range(25))
    assert planted > 5
    assert known > 5
    assert (found, false) == (planted, 0)


@pytest.mark.simulated
def test_all_disclosures_of_1_000_dashboards_are_found_and_no_other():
    planted, found, false, known = audited(range(1_000))
    print(f"\n{found} of {planted} found; with people known {known} sets; {false} false")
    assert (found, false) == (planted, 0)


def test_a_bound_is_read_as_one():
    for text, ends in (("at most 20", (0.0, 20.5)), (">= 80", (79.5, 100.0)), ("≥ 95%", (94.5, 100.0))):
        found = dx.audit_tables(figures((4, text, "Red")).drop(columns="role"), min_group=5)
        assert rows_of(found) == [("team Red", 4, *ends, True)]


def test_a_step_that_is_none_is_refused_and_a_kind_without_n_is_nobody():
    shown = figures(*THREE, (11, "59.1", "A", "dev"))
    for step in (0, 100.5, "x"):
        with pytest.raises(dx.DataError, match=f"^step={step!r}: write a number"):
            dx.audit_tables(shown, KINDS, step=step)
    more = pd.concat([KINDS, pd.DataFrame([("A", "trainee", None)], columns=KINDS.columns)])
    assert rows_of(dx.audit_tables(shown, more, step=25)) == rows_of(dx.audit_tables(shown, KINDS, step=25))


def test_sets_are_of_fewer_than_2_to_1_000_people():
    shown = figures(*THREE, (11, "59.1", "A", "dev"))
    for least, found in ((2, 1), (1_000, None)):
        audit = dx.audit_tables(shown, KINDS, step=25, min_group=least)
        assert found is None or len(audit.table) == found
    for least in (1, 1_001):
        with pytest.raises(dx.DataError, match=f"^min_group={least}: write a whole number from 2 to 1,000$"):
            dx.audit_tables(shown, KINDS, step=25, min_group=least)


def told(function, *given, **named):
    with pytest.raises(dx.DataError) as caught:
        function(*given, **named)
    return str(caught.value)


def test_questions_stay_in_the_order_of_the_table_and_each_of_them_is_told():
    shown = [
        figures((9, "62.5"), (8, "70.3", "Red"), question="Zeal"),
        figures((9, "50.0"), (6, "40.0", "Blue"), question="Autonomy"),
    ]
    audit = dx.audit_tables(pd.concat(shown), step=25)
    assert audit.title == "2 sets of fewer than 5 people can be worked out"
    assert audit.table.fillna(-1).to_numpy().tolist() == [
        ["Zeal", "team (not shown)", 1, 0.0, 0.0, True, "everybody, team Red", True],
        ["Autonomy", "team (not shown)", 3, -1, -1, True, "everybody, team Blue", True],
    ]
    assert audit.notes == (
        "Autonomy: the figures contradict each other, so low and high are empty",
        "tried: people of one or two kinds within rounding and scale, and of up to four kinds by adding and "
        "subtracting",
    )
    none = dx.audit_tables(figures((9, "62.5")))
    assert (none.title, none.table.empty) == ("No set of fewer than 5 people can be worked out", True)
    known = dx.audit_tables(figures(*THREE), KINDS.rename(columns={"role": "Role "}))
    assert known.table.empty


def test_what_is_no_scale_and_what_is_not_on_it_is_told_in_full():
    shown = figures((9, "62.5"))
    for scale in ((0,), (0, 50, 100), "ab", 5):
        assert told(dx.audit_tables, shown, scale=scale) == (
            "scale: give the lowest and the highest answer, such as (0, 100)"
        )
    assert told(dx.audit_tables, shown, scale=(5, 5)) == ("scale=5, 5: the lowest answer comes first, such as (0, 100)")
    off = "DataFrame, row {}, column value: {} is not on the scale from {} to {}; give scale="
    assert told(dx.audit_tables, figures((9, "100.1"), (9, "100"), (9, "0.0"), (4, "-3.1", "A"))) == (
        f"2 faults:\n{off.format(1, '100.1', 0, 100)}\n{off.format(4, '-3.1', 0, 100)}"
    )
    rounded = figures((9, "0"), (9, "5"), (9, "0.3"), (9, "4.7"))  # 0.4 may be written as 0, and 4.6 as 5
    assert told(dx.audit_tables, rounded, scale=(0.4, 4.6)) == (
        f"2 faults:\n{off.format(3, '0.3', 0.4, 4.6)}\n{off.format(4, '4.7', 0.4, 4.6)}"
    )
    assert told(dx.audit_tables, figures(*THREE), KINDS.drop(columns="role")) == (
        "the table of people lacks the attribute 'role'; use one of team, n"
    )
    assert told(dx.audit_tables, figures(*THREE), KINDS.assign(n=[1, 1, 1, -1])) == (
        "DataFrame, row 4, column n: -1 is too small; write 0 or more"
    )


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        *((text, (0, 20.5)) for text in ("at most 20", "AT MOST 20", "under 20", "up to 20", "<20", "<= 20", "≤20")),
        *((text, (79.5, 100)) for text in ("at least 80", "over 80", "> 80", ">=80", "≥ 80%")),
        ("54 %", (53.5, 54.5)),
        ("7,5", (7.45, 7.55)),
        ("62.50", (62.495, 62.505)),
        ("0", (0, 0.5)),
        ("100", (99.5, 100)),
        ("", (np.nan, np.nan)),
    ],
)
def test_a_value_is_read_as_what_lies_between_two_ends(value, ends):
    """Two people: twice the least and the largest mean, above the lowest answer."""
    table = _FIGURES.read(pd.DataFrame({"question": ["q"], "n": [2], "value": [value], "team": ["A"]}))
    for low in (0.0, -10.0) if ends[0] != 0 else (0.0,):
        found = _figures(table, low, 100.0)
        wanted = 2 * (np.array(ends) - low)
        assert found[["low", "high"]].to_numpy()[0] == pytest.approx(wanted, nan_ok=True)
    assert list(found) == ["question", "n", "value", "team", "low", "high"]


def test_each_chain_of_attributes_goes_from_fewer_to_more_of_them():
    keys = [("", "", ""), ("A", "", ""), ("", "dev", ""), ("A", "dev", ""), ("A", "", "x"), ("A", "dev", "y")]
    chains = [["".join("TRS"[i] for i in range(3) if cut[i]) for cut in chain] for chain in _chains(keys)]
    assert sorted(chains) == [["", "R", "TR", "TRS"], ["", "T", "TR", "TRS"], ["", "T", "TS", "TRS"]]
    assert sorted(_chains([("A", ""), ("", "b")])) == [[(False, True)], [(True, False)]]
    notes, n = [], {("", ""): 20, ("A", ""): 9, ("B", ""): 11, ("A", "x"): 7, ("B", "x"): 12}
    (chain,) = _chains(list(n))
    cells, people = _tree(chain, n, ["team", "role"], notes)
    assert dict(zip(cells, people.tolist(), strict=True)) == {("A", "(not shown)"): 2, ("A", "x"): 7, ("B", "x"): 12}
    assert notes == ["the groups of role have more answers than team B"]


@pytest.mark.parametrize(("kinds", "noted"), [(300, 0), (301, 1)])
def test_above_300_kinds_alone_it_is_noted(kinds, noted):
    people = pd.DataFrame({"team": [f"t{i}" for i in range(kinds)]})
    shown = figures((kinds, "50.0"), (1, "75.0", "t0")).drop(columns="role")
    audit = dx.audit_tables(shown, people, min_group=2)
    assert audit.table["who"].tolist() == ["team t0"]
    assert audit.notes[:-1] == ("CI is fast: with more than 300 cells only single ones were tried",) * noted
