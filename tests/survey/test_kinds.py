"""Questions with options, and numbers: the reference figures, and neighbours of each."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from tests.laws import examples
from tests.places import CASE_FILES

pytestmark = pytest.mark.usefixtures("nothing_hidden")


def book(kind, *options, **columns):
    items = pd.DataFrame([{"item": "q", "text": "Which?", "kind": kind, "scale": "options", **columns}])
    scales = pd.DataFrame({"scale": "options", "code": range(1, len(options) + 1), "label": options})
    return dx.read_codebook(items, scales if options else None)


def survey(asked, cells, **columns):
    frame = pd.DataFrame(cells if isinstance(cells, dict) else {"Which?": cells}, dtype=object)
    return dx.read_survey(frame.assign(**columns), asked)


def counted(answers, figure="share"):
    """The figure of each row of the answers, by its label."""
    table = dx.answers(answers).table
    return dict(zip(table["label"], table[figure], strict=True))


def close(found, right):
    assert list(found) == list(right)
    assert list(found.values()) == pytest.approx(list(right.values()), abs=5e-7)


CHAT = ("Slack", "Teams", "No")
WORKSHOP = ["Slack, Teams"] * 6 + ["Teams"] * 6 + ["Slack"] * 2 + ["No"] * 14


def test_no_among_joined_options_is_an_option():
    found = survey(book("multi", *CHAT), WORKSHOP)
    close(counted(found), {"Slack": 0.285714, "Teams": 0.428571, "No": 0.5})
    close(counted(found, "low"), {"Slack": 0.152540, "Teams": 0.265085, "No": 0.326331})
    close(counted(found, "high"), {"Slack": 0.470593, "Teams": 0.609292, "No": 0.673669})
    assert set(counted(found, "answered").values()) == {28}


def test_no_that_nobody_listed_counts_too():
    cells = ["Slack"] * 9 + ["No"] * 3
    found = survey(book("multi", "Slack", "Teams"), cells)
    close(counted(found), {"Slack": 0.75, "Teams": 0.0, "(not in the codebook)": 0.25})


def test_none_beside_an_option_counts_both_and_is_told():
    found = survey(book("multi", "Slack", "None of these"), ["Slack"] * 6 + ["Slack;None of these"] * 6)
    close(counted(found), {"Slack": 1.0, "None of these": 0.5})
    assert "'Which?': people who chose none of these beside an option, all counted: 6" in found.notes


def test_a_column_for_each_option_of_which_one_is_no(snapshot):
    hosted, own = ["hosted"] * 4 + [""] * 8, [""] * 2 + ["our own"] * 4 + [""] * 6
    cells = {"Which? [hosted]": hosted, "Which? [our own]": own, "Which? [No]": [""] * 6 + ["No"] * 6}
    found = survey(book("multi", "hosted", "our own", "No"), cells)
    close(counted(found), {"hosted": 1 / 3, "our own": 1 / 3, "No": 0.5})
    assert set(counted(found, "answered").values()) == {12}


def test_unchecked_is_not_chosen_and_filled():
    cells = {"Which? [A]": ["Checked"] * 5 + ["Unchecked"] * 5, "Which? [B]": ["Checked"] * 2 + [""] * 8}
    found = survey(book("multi", "A", "B"), cells)
    close(counted(found), {"A": 0.5, "B": 0.2})


def test_all_boxes_left_blank_is_skipped_or_none_as_the_rule_says():
    frame = pd.DataFrame(
        {"Which? [A]": ["1"] * 5 + [""] * 7, "Which? [B]": [""] * 5 + ["1"] * 5 + [""] * 2, "why": ["x"] * 12}
    )
    items = pd.DataFrame({"item": ["q", "why"], "text": ["Which?", "why"], "kind": ["multi", "comment"]})
    scales = pd.DataFrame({"scale": "q", "code": [1, 2], "label": ["A", "B"]})
    asked = dx.read_codebook(items, scales)
    found = dx.read_survey(frame, asked)
    assert counted(found, "answered") == {"A": 10, "B": 10}
    assert counted(found, "skipped") == {"A": 2, "B": 2}
    assert any("left every option blank" in note and note.endswith(": 2") for note in found.notes)
    rules = pd.DataFrame({"rule": ["blank_is_none"], "question": ["q"]})
    assert counted(dx.read_survey(frame, asked, rules=rules), "answered") == {"A": 12, "B": 12}


def test_ticks_as_typeform_writes_them():
    ticked = ["Meetups"] * 20 + [""] * 36, [""] * 8 + ["Conferences"] * 20 + [""] * 28, [""] * 28 + ["None"] * 28
    names = ("Meetups", "Conferences", "None")
    cells = {f"Which? [{name}]": column for name, column in zip(names, ticked, strict=True)}
    found = survey(book("multi", *names), cells)
    close(counted(found), {"Meetups": 20 / 56, "Conferences": 20 / 56, "None": 0.5})
    assert (counted(found, "low")["None"], counted(found, "high")["None"]) == pytest.approx(
        (0.373317, 0.626683), abs=5e-7
    )


def test_asked_if_may_name_a_question_with_several_options():
    rows = [("q", "Which?", "multi", ""), ("sat", "Good?", "rating", "q")]
    items = pd.DataFrame(rows, columns=["item", "text", "kind", "asked_if"]).assign(scale=["o", "1-5"])
    asked = dx.read_codebook(items, pd.DataFrame({"scale": "o", "code": [1, 2], "label": ["A", "B"]}))
    found = dx.read_survey(pd.DataFrame({"Which?": ["A", "B;A", "", "B"], "Good?": ["4", "", "", "5"]}), asked)
    assert found.state["sat"].tolist() == [0, 2, 0]
    blank = pd.DataFrame({"Which?": ["A", "", "B"], "Good?": ["4", "3", ""]})
    assert dx.read_survey(blank, asked).state["sat"].tolist() == [0, 3, 2]


def test_a_label_that_many_gave_is_a_fault_with_its_nearest_option(refusal):
    with refusal():
        survey(book("multi", "Docs", "Tutorial"), ["Docs;Tutorial on our site"] * 8 + ["Docs"] * 6)


def test_a_label_that_few_gave_counts_and_is_noted():
    found = survey(book("multi", "Docs", "Tutorial"), ["Docs;Blog"] * 4 + ["Docs"] * 16)
    assert counted(found)["(not in the codebook)"] == 0.2
    assert "'Which?': people who chose something outside the codebook's options: 4" in found.notes


def test_a_choice_outside_the_codebook_counts(refusal):
    asked = book("choice", "Red", "Blue")
    found = survey(asked, ["Red"] * 5 + ["Blue"] * 3 + ["Green"] * 2)
    close(counted(found), {"Red": 0.5, "Blue": 0.3, "(not in the codebook)": 0.2})
    with refusal():
        survey(asked, ["Red"] * 5 + ["Green"] * 5)


def test_yes_or_no_may_be_a_choice_of_the_built_in_scale():
    items = pd.DataFrame({"item": ["q"], "text": ["Which?"], "kind": ["choice"], "scale": ["yesno"]})
    close(
        counted(survey(dx.read_codebook(items), ["Yes"] * 3 + ["No"] * 5 + ["N/A"] * 2)),
        {"No": 0.5, "Yes": 0.3, "No opinion": 0.2},
    )


THREE = ("CI", "Docs", "Tests")
RANKED = {
    "joined": {"Which?": ["CI;Docs;Tests;"] * 7 + ["Docs;CI;Tests"] * 3},
    "options": {
        "Which? [CI]": [1] * 7 + [2] * 3,
        "Which? [Docs]": [2] * 7 + [1] * 3,
        "Which? [Tests]": [3] * 10,
    },
    "places": {
        "Which? [Rank 1]": ["CI"] * 7 + ["Docs"] * 3,
        "Which? [Rank 2]": ["Docs"] * 7 + ["CI"] * 3,
        "Which? [Rank 3]": ["Tests"] * 10,
    },
}


@pytest.mark.parametrize("shape", RANKED)
def test_a_ranking_in_each_shape(shape):
    found = survey(book("rank", *THREE), RANKED[shape])
    close(counted(found), {"CI": 0.7, "Docs": 0.3, "Tests": 0.0})
    assert (counted(found, "low")["CI"], counted(found, "high")["CI"]) == pytest.approx((0.396778, 0.892209), abs=5e-7)
    table = dx.scores(found).table
    assert table["estimate"].tolist() == pytest.approx([1.3, 1.7, 3.0])
    assert (table["low"] >= 1).all()
    assert (table["high"] <= 3).all()
    assert set(table["unit"]) == {"place"}


def test_who_ranked_only_some_has_answered_and_has_a_place_only_there():
    found = survey(book("rank", *THREE), ["CI;Docs"] * 6 + ["Docs;CI;Tests"] * 6 + ["Tests;CI"] * 6)
    assert counted(found, "answered") == dict.fromkeys(THREE, 18)
    table = dx.scores(found).table.set_index("label")
    assert table["n"].tolist() == [18, 12, 12]
    assert table["estimate"].tolist() == pytest.approx([30 / 18, 1.5, 2.0])


def test_two_places_have_the_interval_of_wilson_with_t():
    table = dx.scores(survey(book("rank", "A", "B"), ["A;B"] * 8 + ["B;A"] * 4)).table
    assert (table["low"] + table["high"].to_numpy()[::-1]).tolist() == pytest.approx([3.0, 3.0])


AMOUNTS = ["3", "2.5", "4 h", "", "~2", "0", "7", "1"]


def test_numbers_in_their_own_unit():
    found = survey(book("number", unit="hours", scale=""), AMOUNTS)
    row = dx.scores(found).table.iloc[0]
    assert row[["n", "estimate", "se", "low", "high"]].tolist() == pytest.approx(
        [7, 2.785714, 0.858134, 0.685935, 4.885493], abs=5e-7
    )
    assert (row["unit"], row["kind"]) == ("hours", "number")


def test_numbers_may_be_below_zero_and_have_a_decimal_comma():
    row = dx.scores(survey(book("number", unit="EUR", scale=""), ["-3", "2,5 EUR", "-1", "4", "-2", "0"])).table.iloc[0]
    assert row["estimate"] == pytest.approx(0.5 / 6)
    assert row["low"] < -2


def test_the_same_number_of_everybody_has_no_interval():
    result = dx.scores(survey(book("number", scale=""), ["4"] * 7))
    assert result.table.loc[0, ["low", "high"]].isna().all()
    assert "no interval where everybody gave the same number: there is no spread to judge it by" in result.notes


@pytest.mark.parametrize(
    ("kind", "columns"), [("recommend", {"scale": "1-5"}), ("rank", {"scale": ""}), ("choice", {"scale": "hours"})]
)
def test_a_question_whose_scale_does_not_fit_its_kind_is_refused(kind, columns, refusal):
    with refusal():
        book(kind, **columns)


def test_neither_end_is_good(refusal):
    asked = book("rating", "Never", "Sometimes", "Daily", good="neither")
    row = dx.scores(survey(asked, ["Never"] * 2 + ["Daily"] * 4)).table.iloc[0]
    assert row["estimate"] == pytest.approx(14 / 6)
    assert np.isnan(row["favourable"])
    assert row["unit"] == "code"
    assert set(dx.answers(survey(asked, ["Never"] * 6)).table["side"]) == {0}
    with refusal():
        book("rating", "Never", "Daily", good="neither", dimension="Flow")


def test_reverse_is_read_as_low():
    old, new = book("rating", "Bad", "Good", reverse="yes"), book("rating", "Bad", "Good", good="low")
    assert old.items.equals(new.items)
    assert old.favourable("q") == new.favourable("q") == {1}


@examples(30)
@given(
    st.lists(st.sets(st.sampled_from(("Slack", "Teams, new", "No", "C/C++")), min_size=1), min_size=8, max_size=25),
    st.randoms(),
)
@pytest.mark.thorough
def test_one_question_in_any_shape_is_one_table(people, random):
    options = ["Slack", "Teams, new", "No", "C/C++"]
    asked = book("multi", *options)
    people = [*people, set(options)]
    rows = [[option for option in options if option in chosen] for chosen in people]
    shapes = [[(f"Which? [{option}]", [option if option in row else "" for row in rows]) for option in options]]
    shapes += [
        [
            (f"Which? [{option}]", ["Yes" if option in row else "0" for row in rows])
            for option in options
            if option != "No"
        ]
    ]
    shapes[1].append(("Which? [No]", ["No" if "No" in row else "" for row in rows]))
    shapes += [[("Which?", [joint.join(row) for row in rows])] for joint in (";", " / ")]
    tables = []
    for shape in shapes:
        random.shuffle(shape)
        tables.append(dx.answers(survey(asked, dict(shape))).table)
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])
    assert set(tables[0]["answered"].dropna()) <= {len(people)}


@examples(30)
@given(st.lists(st.sampled_from(("A", "B", "A;B", "", "N/A", "mine", "A;mine")), min_size=10, max_size=14))
def test_states_add_up_to_people_and_another_label_never_lowers_n(cells):
    frame = pd.DataFrame({"Which?": cells, "ci": "4"}, dtype=object)
    items = pd.DataFrame(
        {"item": ["q", "ci"], "text": ["Which?", "ci"], "kind": ["multi", "rating"], "scale": ["o", "1-5"]}
    )
    asked = dx.read_codebook(items, pd.DataFrame({"scale": "o", "code": [1, 2], "label": ["A", "B"]}))
    labels = [cell for cell in cells if "mine" in cell]
    if len(labels) >= 5:
        with pytest.raises(dx.DataError, match="mine"):
            dx.read_survey(frame, asked)
        return
    rows = dx.answers(dx.read_survey(frame, asked)).table
    rows = rows.loc[(rows["item"] != "ci") & rows["shown"]]
    assert (rows[["answered", "skipped", "not_asked"]].sum(axis=1) == len(cells)).all()
    assert set(rows["answered"]) <= {sum(map(bool, cells))}


def test_a_tally_and_a_saved_one_count_as_the_survey_does(tmp_path):
    asked, frame = book("multi", *CHAT), pd.DataFrame({"Which?": WORKSHOP})
    right = dx.answers(dx.read_survey(frame, asked)).table
    counted = dx.tally(frame, codebook=asked)
    counted.save(tmp_path / "a.tally")
    frame.to_csv(tmp_path / "a.csv", index=False)
    halves = dx.tally([frame[::2], frame[1::2]], codebook=asked)
    for each in (counted, dx.Tally.load(tmp_path / "a.tally"), halves, dx.tally(tmp_path / "a.csv", codebook=asked)):
        pd.testing.assert_frame_equal(dx.answers(each).table, right)


def test_waves_compare_options_that_are_the_same_and_same_as_holds_the_earlier_text():
    first = survey(book("multi", "A", "B"), ["A;B"] * 6 + ["A"] * 6)
    frame = pd.DataFrame({"Which ones?": ["A"] * 12})
    asked = book("multi", "A", "B", text="Which ones?", same_as="Which?")
    change = dx.compare(first, dx.read_survey(frame, asked))
    assert change.table["estimate"].tolist() == pytest.approx([0.0, -50.0])
    assert "compared though asked in other words, as same_as says: q[B]" in change.notes
    other = survey(book("multi", "A", "B", "C"), ["A;B"] * 6 + ["C"] * 6)
    with pytest.raises(dx.DataError, match="no question in common"):
        dx.compare(first, other)


CASES = CASE_FILES / "surveys"


@pytest.mark.parametrize(
    ("case", "right"),
    [
        ("01_no_joined", {"o0": 8 / 28, "o1": 12 / 28, "o2": 14 / 28}),
        ("02_no_ticks", {"a": 4 / 12, "b": 4 / 12, "c": 6 / 12}),
        ("05_joined_by_pipe", {"l": 1.0, "m": 0.5}),
        ("05_joined_by_space", {"l": 1.0, "m": 0.5}),
    ],
)
def test_published_faults_are_right_in_the_old_form_of_options(case, right):
    table = dx.answers(dx.open_survey(CASES / case / "responses_1.csv")).table
    yes = table.loc[(table["label"] == "Yes")].set_index("item")["share"].to_dict()
    assert yes == pytest.approx(right)


@pytest.mark.parametrize("file", ["04_renamed_option/responses_2.csv", "06_recommend_1to5/responses_1.csv"])
def test_published_faults_that_are_refused(file, refusal):
    with refusal():
        dx.open_survey(CASES / file)


X, W = [4, 5, 2, 3, 5, 1], [1, 2, 1, 0.5, 1.5, 3]


def weighted(values, weights, kind="number", scale="", **columns):
    rows = [("x", "X", kind, scale), ("w", "W", "weight", ""), ("team", "Team", "segment", "")]
    asked = dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "scale"]))
    frame = pd.DataFrame({"x": values, "w": weights, "team": columns.get("team", "one")})
    return dx.read_survey(frame, asked, roster=columns.get("roster"))


def test_weights_of_the_file_weight_means_and_shares():
    number, rating = dx.scores(weighted(X, W)), dx.scores(weighted(X, W, "rating", "1-5"))
    assert number.table.loc[0, ["n", "estimate", "se"]].tolist() == pytest.approx([6, 3.111111, 0.759033], abs=5e-7)
    assert rating.table.loc[0, "estimate"] == pytest.approx(52.777778, abs=5e-7)
    said = "weighted by the file: design effect 1.30, 6 answers are as precise as 4.6 equally weighted ones"
    assert said in rating.notes
    found = dx.answers(weighted(X, W, "rating", "1-5"))
    right = (3 / 9, 1 / 9, 0.5 / 9, 1 / 9, 3.5 / 9)
    close(counted(weighted(X, W, "rating", "1-5")), dict(zip("12345", right, strict=True)))
    assert set(found.table["answered"]) == {6}


@examples(30)
@given(st.lists(st.tuples(st.integers(1, 5), st.floats(0.1, 9)), min_size=6, max_size=20), st.floats(0.01, 100))
@pytest.mark.thorough
def test_weights_times_a_number_change_nothing_and_equal_ones_are_none(pairs, factor):
    values, weights = map(list, zip(*pairs, strict=True))
    once = dx.scores(weighted(values, weights, "rating", "1-5")).table
    twice = dx.scores(weighted(values, [factor * w for w in weights], "rating", "1-5")).table
    pd.testing.assert_frame_equal(once, twice)
    plain = dx.scores(weighted(values, [factor] * len(values), "rating", "1-5")).table
    items = pd.DataFrame({"item": ["x"], "text": ["X"], "kind": ["rating"], "scale": ["1-5"]})
    unweighted = dx.scores(dx.read_survey(pd.DataFrame({"x": values}), items)).table
    pd.testing.assert_frame_equal(plain, unweighted)


def test_very_unequal_weights_are_told():
    notes = dx.scores(weighted(X * 3, [100] + [1] * 17)).notes
    assert any("so unequal that few people decide" in note for note in notes)


def test_who_has_no_weight_is_set_aside_and_a_negative_one_is_refused(refusal):
    found = weighted([*X, 3, 4], [*W, "", 0])
    assert len(found) == 6
    assert dict(found.cleaning[["what", "count"]].itertuples(index=False)) == {"people without a weight set aside": 2}
    with refusal():
        weighted(X, [*W[:5], -1])


def test_a_roster_comes_before_the_weights_of_the_file():
    roster = pd.DataFrame({"team": ["one"], "headcount": [10]})
    found = weighted(X, W, roster=roster)
    assert dx.scores(found).table.loc[0, "estimate"] == pytest.approx(20 / 6)
    assert "the weight column is not used: weights come from the roster" in found.notes


def test_tallies_with_weights_add_up(tmp_path):
    teams = ["one", "two"] * 9
    whole = weighted(X * 3, W * 3, "rating", "1-5", team=teams)
    parts = [weighted(X * k, W * k, "rating", "1-5", team=teams[: 6 * k]) for k in (1, 2)]
    added = dx.tally(parts[0]) + dx.tally(parts[1])
    added.save(tmp_path / "a.tally")
    right = dx.scores(dx.tally(whole)).table
    left = dx.scores(dx.Tally.load(tmp_path / "a.tally")).table
    spread = ["se", "low", "high"]  # a file holds no other spread than that of the weighted answers
    pd.testing.assert_frame_equal(left.drop(columns=spread), right.drop(columns=spread))
    assert left["se"].tolist() == pytest.approx(right["se"].tolist(), rel=0.2)
    for by in (None, "team"):
        right = dx.scores(dx.tally(whole), by=by).table
        pd.testing.assert_frame_equal(dx.scores(added, by=by).table, right)
        right = dx.answers(dx.tally(whole), by=by).table
        pd.testing.assert_frame_equal(dx.answers(added, by=by).table, right)
