"""From a file of answers to a clean survey, or to a message that says where and what would do."""

import pandas as pd
import pytest

import dxkit as dx
from tests.survey import worlds

BOOK = pd.DataFrame(
    {
        "item": ["who", "ci", "hours", "team", "why"],
        "text": ["Code", "CI is fast", "Hours lost", "Team", "Why?"],
        "kind": ["id", "rating", "hours", "segment", "comment"],
        "scale": ["", "agreement5", "", "", ""],
    }
)


def frame(**columns):
    n = max(map(len, columns.values()))
    base = {
        "who": [f"p{i}" for i in range(n)],
        "ci": ["Agree"] * n,
        "hours": ["1"] * n,
        "team": ["Red"] * n,
        "why": [""] * n,
    }
    return pd.DataFrame(base | columns)


def faults_of(data, book=BOOK, **options):
    with pytest.raises(dx.DataError) as caught:
        dx.read_survey(data, book, **options)
    return str(caught.value)


def test_an_unknown_label_is_told_with_count_place_and_the_nearest_known(tmp_path, snapshot):
    path = tmp_path / "answers.csv"
    frame(ci=["Agree", "Agre", "Disagree", "Agre"]).to_csv(path, index=False)
    text = faults_of(path)
    assert "answers.csv" in text
    assert text == snapshot
    assert "rows 3, 5" in text


def test_every_fault_is_told_at_once():
    text = faults_of(frame(ci=["Agree", "7", "x"], hours=["-2", "400", "two"]))
    for part in ("'7'", "'x'", "'-2'", "'400'", "'two'"):
        assert part in text


def test_free_text_and_ids_are_never_in_a_message():
    secret = "alice@example.com hates the build and says so at length, every single week"
    text = faults_of(frame(ci=[secret, "Agree", "nope"], who=["secret-id"] * 3, why=[secret] * 3))
    assert "alice" not in text
    assert "secret-id" not in text


def test_a_blank_submission_is_set_aside_and_counted(snapshot):
    survey = dx.read_survey(frame(ci=["Agree", ""], hours=["1", ""]), BOOK)
    assert len(survey) == 1
    assert survey.cleaning["count"].tolist() == [1]
    assert survey.cleaning["what"].tolist() == snapshot


def test_the_last_submission_of_an_id_counts_and_the_rows_are_named():
    survey = dx.read_survey(frame(who=["a", "b", "a"], ci=["Agree", "Agree", "Disagree"]), BOOK)
    assert survey.answers["ci"].tolist() == [4.0, 2.0]
    what, count, rule, unit = survey.cleaning.iloc[0]
    assert (count, rule, unit) == (1, "default", "rows set aside")
    assert "rows 1" in what


def test_segments_take_the_spelling_of_the_roster(snapshot):
    roster = pd.DataFrame({"team": ["Red Team", "Blue"], "headcount": [9, 3]})
    survey = dx.read_survey(frame(team=["red team", " Red  Team", "RED TEAM", ""]), BOOK, roster)
    assert survey.segments["team"].tolist() == ["Red Team"] * 3 + ["(not stated)"]
    assert survey.notes == snapshot


def test_a_respondent_outside_the_roster_is_a_fault_with_the_nearest_group(snapshot):
    roster = pd.DataFrame({"team": ["Payments", "Search"], "headcount": [9, 3]})
    text = faults_of(frame(team=["Payments", "Paymants", "Paymants"]), roster=roster)
    assert text == snapshot


def test_more_respondents_than_people_is_a_fault(snapshot):
    roster = pd.DataFrame({"team": ["Red"], "headcount": [2]})
    assert faults_of(frame(ci=["Agree"] * 3), roster=roster) == snapshot


@pytest.mark.parametrize(
    "roster",
    [
        pytest.param(pd.DataFrame({"team": ["Red", "Red"], "headcount": [5, 5]}), id="the same group twice"),
        pytest.param(pd.DataFrame({"team": ["Red", "red"], "headcount": [5, 5]}), id="the same group in two spellings"),
        pytest.param(pd.DataFrame({"team": ["Red"], "headcount": [5.5]}), id="half a person"),
        pytest.param(pd.DataFrame({"team": ["Red"], "headcount": ["many"]}), id="a word"),
        pytest.param(pd.DataFrame({"squad": ["Red"], "headcount": [5]}), id="no column of a segment"),
        pytest.param(pd.DataFrame({"team": ["Red"], "headcount": [0]}), id="nobody"),
        pytest.param(pd.DataFrame({"team": ["Red"], "headcount": [1e20]}), id="too many"),
        pytest.param(pd.DataFrame({"headcount": [5, 5], "team": ["Red", "Gesamt"]}), id="a row of totals"),
        pytest.param(
            pd.DataFrame({"team": ["Red", "Blue", "Green", "All"], "headcount": [5, 6, 7, 18]}),
            id="a row as large as all others",
        ),
        pytest.param(pd.DataFrame({"team": ["Red", "Blue"], "FTE": [5, 6.5]}), id="a column FTE"),
        pytest.param(pd.DataFrame({"team": ["Red", "Red"], "Head count (Q3)": [5, 6]}), id="a column of another name"),
    ],
)
def test_a_faulty_roster_is_told(roster, snapshot):
    assert faults_of(frame(ci=["Agree"]), roster=roster) == snapshot


def test_a_row_as_large_as_all_others_is_asked_about_unless_its_name_tells(snapshot):
    roster = pd.DataFrame({"team": ["Red", "Blue", "Green", "Black"], "headcount": [5, 6, 7, 18]})
    notes = dx.read_survey(frame(ci=["Agree"] * 3), BOOK, roster).notes
    assert notes == snapshot
    notes = dx.read_survey(frame(ci=["Agree"] * 3), BOOK, roster.assign(headcount=[5, 6, 7, 17])).notes
    assert notes == snapshot


def test_a_number_of_each_person_is_no_headcount():
    people = pd.DataFrame({"team": ["Red", "Red", "Blue"], "years": [3, 8, 11], "FTE": [0.8, 1, 1]})
    assert dx.read_survey(frame(ci=["Agree"]), BOOK, people).roster.margin("team").to_dict() == {"Red": 2, "Blue": 1}


def test_a_roster_of_persons_is_counted():
    people = pd.DataFrame({"team": ["Red"] * 4 + ["Blue"] * 2, "name": list("abcdef")})
    survey = dx.read_survey(frame(ci=["Agree"] * 3), BOOK, people)
    assert survey.roster.margin("team").to_dict() == {"Red": 4, "Blue": 2}


def test_a_question_not_asked_is_neither_skipped_nor_no(snapshot):
    book = pd.DataFrame(
        {
            "item": ["q", "r"],
            "text": ["Rest", "Other"],
            "kind": ["rating"] * 2,
            "scale": ["yesno"] * 2,
            "asked_if": ["oncall", ""],
        }
    )
    data = pd.DataFrame({"q": ["Yes", "", "", "", "No"], "oncall": ["1", "1", "0", "", "0"], "r": ["Yes"] * 5})
    survey = dx.read_survey(data, book)
    assert survey.state["q"].tolist() == [0, 2, 3, 3, 3]
    assert survey.answers["q"].notna().sum() == 1  # the box of somebody who was not asked says nothing
    assert survey.notes == snapshot


def test_an_item_that_runs_against_its_dimension_is_named(snapshot):
    data = worlds.answers(80, items=4, missing=0)
    book = worlds.codebook(items=4, dimensions=1)
    data["q0"] = 6 - data[["q1", "q2", "q3"]].mean(axis=1).round()
    assert dx.read_survey(data, book).notes == snapshot
    assert worlds.survey(80).notes == snapshot


def test_a_missing_question_is_told_with_its_text():
    text = faults_of(frame(ci=["Agree"]).drop(columns="ci"))
    assert "CI is fast" in text or "ci" in text


def test_inputs_are_left_as_they_were():
    data, book = frame(ci=["Agree", "Disagree"]), BOOK.copy()
    before = data.copy()
    dx.read_survey(data, book)
    pd.testing.assert_frame_equal(data, before)
    pd.testing.assert_frame_equal(book, BOOK)


def test_somebody_whom_a_pain_does_not_affect_has_no_burden_and_it_is_said(refusal, snapshot):
    book = pd.DataFrame(
        {
            "item": ["a", "b", "h", "c"],
            "text": list("abhc"),
            "kind": ["rating", "rating", "hours", "rating"],
            "topic": ["A", "B", "A", ""],
            "scale": ["satisfaction5", "satisfaction5", "hours", "satisfaction5"],
            "reverse": ["", "yes", "", ""],
        }
    )
    frame = pd.DataFrame({name: ["Does not affect me."] for name in "abh"} | {"c": ["Neither"]})
    survey = dx.read_survey(frame, book)
    assert survey.answers.iloc[0].tolist() == [5.0, 1.0, 0.0, 3.0]
    assert survey.notes == snapshot
    with refusal("column c", "Does not affect me"):
        dx.read_survey(frame.assign(c="Does not affect me"), book)


def test_all_faults_of_all_files_are_told_at_once(tmp_path, snapshot):
    frame(ci=["Agree", "Agre"], hours=["1", "400"]).drop(columns="team").to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "roster.csv").write_text("team,headcount\nRed,many\nred,5\n")
    text = faults_of(tmp_path / "a.csv", roster=tmp_path / "roster.csv")
    for part in (
        "no column asks 'Team'",
        "'Agre' is not an answer",
        "'400' is not a number from 0 to 168",
        "roster.csv, row 2, column 2 (headcount): 'many' is not a number",
    ):
        assert part in text
    text = faults_of(tmp_path / "none.csv", roster=tmp_path / "roster.csv")
    assert text == snapshot
    assert "'many'" in text


@pytest.mark.parametrize("secret", ["Bob is a bully", "k4711", "Alice", "4711-0815-22", "al@ex.com"])
def test_what_one_person_wrote_is_not_repeated(secret):
    roster = pd.DataFrame({"team": ["Red"], "headcount": [9]})
    for wrong in (
        {"ci": [secret, "Agree"]},
        {"hours": [secret, "1"]},
        {"hours": [secret] * 2},
        {"team": [secret, "Red"]},
    ):
        text = faults_of(frame(**{"ci": ["Agree"] * 2} | wrong), roster=roster)
        assert secret not in text
        assert "row 1" in text


def test_what_helps_and_tells_nothing_of_anybody_is_repeated(snapshot):
    text = faults_of(frame(ci=["Agre", "Quite ok", "Quite ok", "9"], hours=["two", "3 min", "-1", "1.000,5"]))
    for part in ("'Agre'", "'Quite ok'", "'9'", "'two'", "'3 min'", "'-1'", "'1.000,5'"):
        assert part in text
    assert (
        faults_of(frame(team=["Paymants"]), roster=pd.DataFrame({"team": ["Payments"], "headcount": [9]})) == snapshot
    )


def test_a_row_with_only_a_comment_is_kept_and_answered_nothing():
    survey = dx.read_survey(frame(ci=["Agree", "", ""], hours=["1", "", ""], why=["", "too slow", ""]), BOOK)
    assert len(survey) == 2
    assert survey.comments["why"].tolist() == ["", "too slow"]
    assert survey.state.iloc[1].tolist() == [2, 2]


def test_a_cell_in_which_nothing_can_be_seen_is_blank(tmp_path):
    data = frame(ci=["Agree", "\u200b"], team=["Red", "\u200b\ufeff"])
    data.to_csv(tmp_path / "a.csv", index=False)
    for source in (data, tmp_path / "a.csv"):
        survey = dx.read_survey(source, BOOK)
        assert survey.state["ci"].tolist() == [0, 2]
        assert survey.segments["team"].tolist() == ["Red", "(not stated)"]


def test_a_frame_of_numbers_is_read_as_the_file_of_them(tmp_path):
    scales = pd.DataFrame({"scale": ["s"] * 4, "code": [1, 2, 3, None], "label": ["low", "mid", "high", "99"]})
    book = dx.read_codebook(BOOK.assign(scale=["", "s", "", "", ""]), scales)
    data = frame(ci=[1, 99, 3, None], team=[7.0, 7.0, 8.0, None], why=[None, 5.0, None, None])
    (tmp_path / "a.csv").write_text("who,ci,hours,team,why\np0,1,1,7,\np1,99,1,7,5\np2,3,1,8,\np3,,1,,\n")
    one, other = dx.read_survey(data, book), dx.read_survey(tmp_path / "a.csv", book)
    for part in ("answers", "state", "segments", "comments"):
        pd.testing.assert_frame_equal(getattr(one, part), getattr(other, part))
    assert one.state["ci"].tolist() == [0, 1, 0, 2]
    assert one.segments["team"].tolist() == ["7", "7", "8", "(not stated)"]


def test_a_column_of_a_frame_is_no_letter_of_a_spreadsheet(snapshot):
    book = BOOK.replace({"item": {"ci": "CI"}})
    text = faults_of(frame(ci=["Agre"]).rename(columns={"ci": "CI"}), book)
    assert text == snapshot


@pytest.mark.parametrize(("values", "people"), [(51, 101), (60, 60), (50, 50), (51, 102), (80, 500)])
def test_a_segment_of_as_many_values_as_an_id_is_refused(values, people, refusal):
    teams = [f"T{k % values}" for k in range(people)] + [""] * 7
    if values > 50 and 2 * values > people:
        with refusal(f"{values} different values among {people} people", "is it an id?"):
            dx.read_survey(frame(team=teams), BOOK)
    else:
        assert dx.read_survey(frame(team=teams), BOOK).segments["team"].nunique() == values + 1


def test_many_segments_values_are_refused_at_once(monkeypatch, refusal):
    monkeypatch.setattr("dxkit.survey.reading.segments._MOST_VALUES", 20)
    with refusal("21 different values"):
        dx.read_survey(frame(team=[f"T{k % 21}" for k in range(90)], ci=["nonsense"] * 90), BOOK)


def test_slips_of_the_pen_are_found_among_many_groups():
    teams = [f"group {chr(97 + k % 20) * 4}" for k in range(400)] + [
        "group aaab",
        "gruop cccc",
        "group dddd.",
        "grupp eeee",
    ]
    (note,) = [note for note in dx.read_survey(frame(team=teams), BOOK).notes if "may be" in note]
    assert "'group aaab' may be 'group aaaa'" in note
    assert "'gruop cccc' may be 'group cccc'" in note
    assert "eeee" not in note
