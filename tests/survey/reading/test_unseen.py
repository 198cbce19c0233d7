"""Kinds of exports that surveys from elsewhere taught: each as the smallest file that shows it."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.reading.drafting.draft import drafted

pytestmark = pytest.mark.usefixtures("nothing_hidden")


def read(path, made):
    book = dx.read_codebook(made.items, made.scales if len(made.scales) else None)
    return dx.read_survey(path, book, rules=made.rules, min_group=3)


def written(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def kinds(made):
    return dict(zip(made.items["text"], made.items["kind"], strict=True))


TICKS = ["Git,,Vim,Good", ",Docker,,Bad", "Git,Docker,,OK", "Git,,,Good", ",,Vim,Bad", "Git,Docker,Vim,OK"] * 2


@pytest.mark.parametrize(
    "header",
    [
        ["Which tools do you use?,Unnamed: 1,Unnamed: 2,How is it?", "Git,Docker,Vim,Response"],
        ["Which tools do you use?,,,How is it?"],
        ["Which tools do you use?,Column2,Column3,How is it?,Column5,Column6"],
        [
            "<b>Which</b> tools do you use? Git&nbsp;,"
            + ",".join(f"Which tools do you use? {x}" for x in ("Docker", "Vim"))
        ],
    ],
    ids=["names that pandas makes up", "without the second row", "numbered", "a web page"],
)
def test_columns_without_a_name_are_options_of_the_question_left_of_them(tmp_path, header):
    lines = [f"{line},," if "Column5" in header[0] else line for line in TICKS]
    lines = [line.rpartition(",")[0] for line in lines] if "Docker" in header[0] else lines
    path = written(tmp_path / "a.csv", [*header, *lines])
    made = drafted(path)
    assert kinds(made)["Which tools do you use?"] == "multi"
    table = dx.answers(read(path, made)).table.query("label in ['Git', 'Docker', 'Vim']")
    assert table[["count", "answered"]].to_numpy().tolist() == [[8, 12], [6, 12], [6, 12]]


def test_a_second_row_of_parts_without_a_sign_of_a_tool(tmp_path):
    answers = [",,,npm,Good", ",Docker,,,Bad", "Git,,,,OK", "Git,Docker,,,Good"] * 3
    lines = ["Which tools do you use?,,,,", "Git,Docker,Vim,npm,All in all", *answers]
    made = drafted(written(tmp_path / "a.csv", lines))
    assert kinds(made) == {"Which tools do you use?": "multi", "Which tools do you use? [All in all]": "rating"}


def test_a_question_asked_on_two_ways_through_is_one():
    text = "How happy are you with our tools?"
    frame = pd.DataFrame([("Team", text, text), *[("Red", "Good", ""), ("Blue", "", "Bad"), ("Red", "OK", "")] * 4])
    grid = frame.iloc[1:].set_axis(frame.iloc[0].tolist(), axis=1)
    made = drafted(grid)
    assert kinds(made)[text] == "rating"
    assert read(grid, made).answers.iloc[:3, 0].tolist() == [3.0, 1.0, 2.0]


def test_repeated_texts_are_read_in_their_order(tmp_path):
    text = "How happy are you with our tools?"
    path = written(tmp_path / "a.csv", [f"{text},{text}", *["Good,Bad", "Bad,OK", "OK,Good"] * 4])
    made = drafted(path)
    assert made.items["kind"].tolist() == ["rating", "ignore"]
    assert read(path, made).answers.iloc[:3, 0].tolist() == [3.0, 1.0, 2.0]


def test_one_answer_that_is_spread_over_columns_is_a_rating(tmp_path):
    lines = ["Happy with it?,,,,", "1,2,3,4,5", ",,3,,", ",2,,,", ",,,,5", ",,,4,", "1,,,,", ",,3,,"]
    path = written(tmp_path / "a.csv", lines)
    made = drafted(path)
    assert made.items["kind"].tolist() == ["rating"]
    assert read(path, made).answers.iloc[:, 0].tolist() == [3, 2, 5, 4, 1, 3]


def test_text_with_tabs_that_quotes_nothing(tmp_path):
    lines = [
        "How is it?\tWhy?",
        'Good\t"quoted" at the start',
        'Bad\tan inch is "',
        *["OK\tfine", "Good\tfast", "Bad\tslow"] * 3,
    ]
    path = written(tmp_path / "a.tsv", lines)
    made = drafted(path)
    assert made.items["kind"].iloc[0] == "rating"
    assert read(path, made).answers.iloc[:3, 0].tolist() == [3, 1, 2]


def test_no_group_where_a_word_of_groups_stands_in_a_question():
    columns = {
        "Does your team use it?": ["Yes, all", "Yes, some", "No"] * 4,
        "Are you using it in your organization? [A]": ["Testing", "Live", "Live"] * 4,
        "What is your role? [Other (please specify)]": ["CEO", "CEO", "Owner"] * 4,
        "Position-Other": ["CEO", "CEO", "Owner"] * 4,
        "Which team are you in?": ["Red", "Blue", "Red"] * 4,
        "Country": ["France", "Spain", "Spain"] * 4,
    }
    found = drafted(pd.DataFrame(columns)).items["kind"].tolist()
    assert "segment" not in found[:4]
    assert found[4:] == ["segment", "segment"]


def test_lines_of_a_grid_share_one_list_of_choices():
    lines = {f"Using it? [{name}]": ["Testing", "Live", "Live", "Not yet"] * 5 for name in "ABC"}
    lines["Using it? [C]"] = ["Live", "Testing", "Testing", "Not yet"] * 5
    made = drafted(pd.DataFrame(lines))
    assert made.items["kind"].tolist() == ["choice"] * 3
    assert made.items["scale"].nunique() == 1


def test_a_range_that_the_question_states():
    cells = list("8989898989")
    for text, scale in (
        ("Are your needs met? 10 - strongly agree, 1 - strongly disagree", "1-10"),
        ("¿Cuánto te gusta en una escala del 0 al 10?", "0-10"),
    ):
        made = drafted(pd.DataFrame({text: cells}))
        assert made.items[["kind", "scale"]].to_numpy().tolist() == [["rating", scale]]
        assert "scale" not in set(made.doubts["cell"])


def test_ticks_of_one_question_named_by_codes():
    frame = pd.DataFrame({f"SEEN.{name}": list("0110") * 3 for name in ("BUILD", "TEST", "NONE")})
    made = drafted(frame)
    assert made.items[["text", "kind"]].to_numpy().tolist() == [["SEEN", "multi"]]
    assert dx.answers(read(frame, made)).table["count"].tolist() == [6, 6, 6]


def test_a_choice_with_long_labels_is_no_comment():
    labels = [
        f"I know about the blog and {what} " + "because of the newsletter that comes every month " * 2 for what in "ab"
    ]
    assert drafted(pd.DataFrame({"How would you describe it?": labels * 20})).items["kind"].tolist() == ["choice"]


@pytest.mark.parametrize("ending", ["sav", pytest.param("dta", marks=pytest.mark.thorough)])
def test_a_file_of_variables_is_an_export(tmp_path, ending):
    statistics = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame(
        {"q1": [1.0, 2.0, 3.0, 9.0] * 4, "q2": [1.0, 2.0, 2.0, 1.0] * 4, "small": [1e-5, 2.5, 3.0, 4.0] * 4}
    )
    texts = ["How good is CI?", "Do you use it?", "How many builds?"]
    labels = {"q1": {1: "Bad", 2: "OK", 3: "Good", 9: "Don't know"}, "q2": {1: "Yes", 2: "No"}}
    path = tmp_path / f"responses_1.{ending}"
    write = {"sav": statistics.write_sav, "dta": statistics.write_dta}[ending]
    write(frame, str(path), column_labels=texts, variable_value_labels=labels)
    made = dx.draft(path)
    assert made.items[["text", "kind"]].to_numpy().tolist() == [
        ["How good is CI?", "rating"],
        ["Do you use it?", "choice"],
        ["How many builds?", "number"],
    ]
    made.write(tmp_path / "survey.xlsx")
    survey = dx.open_survey(path)
    assert survey.answers.iloc[:3, 0].tolist() == [1.0, 2.0, 3.0]
    assert survey.answers["q1"].isna().sum() == 4
    assert survey.answers["small"].iloc[0] == pytest.approx(1e-5)


def test_a_draft_of_a_large_file_reads_its_first_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("dxkit.files.batches.csv_text.LARGE", 1000)
    monkeypatch.setattr("dxkit.survey.reading.drafting.fields._ENOUGH", 100)
    path = written(tmp_path / "a.csv", ["How is it?,Which one?", *["Good,Red", "Bad,Blue", "OK,Red"] * 200])
    assert dx.draft(path).items["kind"].tolist() == ["rating", "choice"]


@pytest.mark.parametrize("of_frame", [True, False], ids=["a frame", "a file"])
def test_a_file_without_a_header_is_refused_for_a_person_would_be_its_header(tmp_path, of_frame):
    people = [("Red", "Good", "Often"), ("Blue", "Bad", "Never"), ("Green", "OK", "Often"), ("Red", "Bad", "Rarely")]
    frame = pd.DataFrame([*people * 3], columns=["Red", "Good", "Often"])
    path = tmp_path / "a.csv"
    frame.to_csv(path, index=False)
    with pytest.raises(dx.DataError, match="first row holds answers, not questions: 3 of its 3 cells .*such as 'Red'"):
        drafted(frame if of_frame else path)


@pytest.mark.parametrize("moment", ["1/5/2015 16:07:30", "2026-01-05 16:07", "05.01.2026, 16:07:30"])
def test_a_moment_among_moments_is_no_header(tmp_path, moment):
    """The answers beside it are told by nobody else."""
    later = [moment.replace(":07", f":{k}") for k in range(10, 20)]
    lines = [f'"{moment}",one of many words', *(f'"{at}",words of {k}' for k, at in enumerate(later))]
    with pytest.raises(dx.DataError, match=f"row 1: the first row holds answers, not questions: '{moment}' is a day"):
        drafted(written(tmp_path / "a.csv", lines))
    counts = [f'"{moment}",done', *(f"{k},{k + 1}" for k in range(6))]  # what was open at that time
    assert len(drafted(written(tmp_path / "b.csv", counts)).items) == 2


def test_numbers_of_questions_are_a_header_although_they_are_answers_too():
    frame = pd.DataFrame([list("1234"), list("2341"), list("3412"), list("4123")] * 3, columns=list("1234"))
    assert len(drafted(frame).items)


@pytest.mark.parametrize(
    ("cells", "doubtful"),
    [
        (["1"] * 12, True),
        (["1", ""] * 6, True),
        (["0", ""] * 6, True),
        (["Yes", ""] * 6, True),
        (["1", "0"] * 6, False),
        (["Yes", "No", ""] * 4, False),
    ],
)
def test_a_lone_column_with_one_answer_is_doubtful(cells, doubtful):
    mood = list("12345") * 3
    made = drafted(pd.DataFrame({"Take part": cells, "How is our build?": mood[:12]}))
    assert made.items.loc[0, ["kind", "scale"]].tolist() == ["choice", "yesno"]
    assert (("take_part", "kind") in made.doubts[["item", "cell"]].itertuples(index=False, name=None)) == doubtful


@pytest.mark.parametrize(
    ("header", "refused"),
    [
        (["33", "78", "4.1", "406"], True),
        (["33", "12", "4", "33"], True),
        (["3.5", "12", "40", "90"], True),
        (["1", "2", "3", "4"], False),
        (["0", "1", "2", "3"], False),
        (["2", "3", "5", "8"], False),
        (["2019", "2021", "2020", "2022"], False),
        (["33", "78", "4.1", "Remarks"], False),
    ],
)
@pytest.mark.parametrize("of_frame", [True, False], ids=["a frame", "a file"])
def test_numbers_that_all_differ_are_a_header_only_where_they_may_count_questions(tmp_path, header, refused, of_frame):
    rng = np.random.default_rng(5)
    people = np.column_stack([rng.permutation(most)[:30] + 1 for most in (60, 200, 40, 999)])
    people[0], people[1] = 1, (60, 200, 40, 999)  # the ends
    frame = pd.DataFrame(people.astype(str), columns=header)
    path = tmp_path / "a.csv"
    frame.to_csv(path, index=False)
    if not refused:
        assert len(drafted(frame if of_frame else path).items) == 4
        return
    with pytest.raises(dx.DataError, match="its 4 cells are numbers within those below them, such as 3"):
        drafted(frame if of_frame else path)


@pytest.mark.parametrize(
    ("ends", "good", "doubtful"),
    [
        ("(1 = very good, 5 = very bad)", "low", False),
        ("1: sehr zufrieden bis 5: gar nicht zufrieden", "low", False),
        ("where 1 is best and 5 is worst", "low", False),
        ("from 1 (terrible) to 5 (great)", "", False),
        ("(5 being excellent and 1 being poor)", "", False),
        ("(1 = nothing, 5 = a lot)", "", True),
        ("", "", True),
    ],
)
def test_which_end_of_the_numbers_is_good(ends, good, doubtful):
    made = drafted(pd.DataFrame({f"How is our build? {ends}": list("12345") * 4}))
    assert made.items["good"].tolist() == [good]
    assert ("good" in made.doubts["cell"].tolist()) == doubtful


@pytest.mark.parametrize(
    ("labels", "good"),
    [
        (["Not harmful at all", "Slightly harmful", "Very harmful"], "low"),
        (["gar nicht schädlich", "etwas schädlich", "sehr schädlich"], "low"),
        (["Not at all green", "Slightly green", "Very green"], "neither"),
        (["Beginner", "Intermediate", "Expert"], "neither"),
        (["Decrease", "Stay the same", "Increase"], "neither"),
        (["Not useful", "Slightly useful", "Very useful"], ""),
    ],
)
def test_words_that_do_not_say_what_is_good_are_not_scored_and_yellow(labels, good):
    made = drafted(pd.DataFrame({"What do you say?": labels * 5}))
    assert made.items[["kind", "good"]].to_numpy().tolist() == [["rating", good]]
    assert ("good" in made.doubts["cell"].tolist()) == (good == "neither")


def test_a_zero_beside_a_scale_from_one_moves_no_score():
    made = drafted(pd.DataFrame({"Rate it": [*list("12345") * 20, "0"]}))
    assert made.items["scale"].tolist() == ["1-5"]
    assert made.rules[["rule", "value"]].to_numpy().tolist() == [["missing", "0"]]
    for cells in ([*list("12345") * 20, "0", "0"], [str(i) for i in range(1, 11)] * 20 + ["0"]):
        assert drafted(pd.DataFrame({"Rate it": cells})).items["scale"].iloc[0].startswith("0-")


def test_a_question_with_yes_and_no_beside_options_with_their_own_words_is_none_of_them(tmp_path):
    answers = ["Git,,,Yes", ",Vim,,No", "Git,Vim,Make,No", "Git,,,No"] * 3
    made = drafted(written(tmp_path / "a.csv", ["Your tools?,,,", "Git,Vim,Make,Do you test?", *answers]))
    assert kinds(made) == {"Your tools?": "multi", "Your tools? [Do you test?]": "choice"}
    table = dx.answers(read(tmp_path / "a.csv", made)).table
    counts = [("Git", 9, 12), ("Vim", 6, 12), ("Make", 3, 12), ("No", 9, 12), ("Yes", 3, 12)]
    assert list(table[["label", "count", "answered"]].itertuples(index=False, name=None)) == counts


def test_an_option_that_a_translation_names_otherwise_stays_one_of_the_options(tmp_path):
    head = ",".join(f"Which tools? {option}" for option in ("Git", "Editor", "Shell"))
    answers = ["Git,Editor,", "Git,,Shell", ",Editor,Shell"] * 4 + [",Éditeur,"] * 2
    made = drafted(written(tmp_path / "a.csv", [head, *answers]))
    assert kinds(made) == {"Which tools?": "multi"}
    table = dx.answers(read(tmp_path / "a.csv", made)).table
    assert table[["count", "answered"]].to_numpy().tolist() == [[8, 14], [10, 14], [8, 14]]


def test_a_line_rated_on_two_scales_is_two_ratings_and_both_are_called_by_it():
    lines = [("Very useful", "Slightly harmful"), ("Not useful", "Not harmful"), ("Slightly useful", "Very harmful")]
    frame = pd.DataFrame(lines * 5, columns=["How is it? [Tests][Scale 1]", "How is it? [Tests][Scale 2]"])
    made = drafted(frame)
    assert made.items[["kind", "good"]].to_numpy().tolist() == [["rating", ""], ["rating", "low"]]
    assert [read(frame, made).codebook.label(item) for item in made.items["item"]] == [
        "Tests, Scale 1",
        "Tests, Scale 2",
    ]


@pytest.mark.parametrize("header", ["Sum", "Total", "Overall", "Gesamt"])
def test_no_question_is_called_as_a_row_of_totals(tmp_path, header):
    path = written(tmp_path / "responses_1.csv", [f"{header},Which one?", *["Good,Red", "Bad,Blue", "OK,Red"] * 4])
    dx.draft(path).write(tmp_path / "survey.xlsx")
    assert dx.open_survey(path).answers.iloc[:3, 0].tolist() == [3.0, 1.0, 2.0]


def test_timings_of_qualtrics_are_no_questions():
    qualtrics = ["StartDate", "EndDate", "Status", "Finished", "ResponseId"]
    timings = ["page_First Click", "page_Last Click", "page_Page Submit", "page_Click Count"]
    frame = pd.DataFrame([[*["0"] * 4, f"R_{i}", *["1.5"] * 4, "Good"] for i in range(9)])
    made = drafted(frame.set_axis([*qualtrics, *timings, "How is it?"], axis=1))
    assert made.items["kind"].tolist()[5:9] == ["ignore"] * 4


def test_steps_of_several_words_that_few_gave_are_no_joined_options():
    cells = ["very good"] * 6 + ["good", "very poor", "", ""]
    assert drafted(pd.DataFrame({"Rate the tests": cells})).items["kind"].tolist() == ["comment"]


def test_a_range_from_1_beside_one_from_0_is_doubted():
    rows = [(0, 5, 1), (2, 1, 5), (10, 10, 3), (5, 5, 4), (7, 6, 2)] * 4
    made = drafted(pd.DataFrame(rows, columns=["How content are you with work", "And with home", "And with food"]))
    assert made.items["scale"].tolist() == ["0-10", "1-10", "1-5"]
    doubted = made.doubts.loc[made.doubts["cell"] == "scale"].iloc[:, [0, 3]].to_numpy().tolist()
    assert doubted == [[made.items["item"][1], "a question beside it starts at 0; write 0-10 if this does"]]


def scales_of(made):
    """The labels of each question by their codes, without those of no opinion."""
    rows = made.scales.dropna(subset="code").sort_values("code").groupby("scale", sort=False)["label"].agg(list)
    return [rows[scale] for scale in made.items["scale"]]


def test_two_wordings_of_one_step_are_not_two_steps():
    """With enough people for nobody to have passed over a step; a scale of both would move every score."""
    first, last = ["Not at all familiar"], ["Somewhat familiar", "Very familiar"]
    columns = {
        "How familiar are you with A?": [*first, "Not very familiar", *last] * 10,
        "How familiar are you with B?": [*first, "Not really familiar", *last] * 10,
    }
    made = drafted(pd.DataFrame(columns))
    assert scales_of(made) == [[*first, "Not very familiar", *last], [*first, "Not really familiar", *last]]
    assert made.doubts.query("cell == 'scale'")["item"].tolist() == [made.items["item"].iloc[1]]
    few = drafted(pd.DataFrame(columns).head(20))
    assert few.items["scale"].nunique() == 1


def test_a_label_that_one_person_gave_decides_too_which_scale_is_shared():
    columns = {
        "How useful is A?": ["Not useful at all", "Somewhat useful", "Very useful"] * 10,
        "How useful is B?": ["Not at all useful", "Somewhat useful", "Very useful"] * 10,
        "How useful is C?": ["Not at all useful", *["Somewhat useful", "Very useful"] * 14, "Very useful"],
    }
    frame = pd.DataFrame(columns)
    made = drafted(frame)
    assert made.items["scale"].nunique() == 2
    assert made.items["scale"].iloc[1] == made.items["scale"].iloc[2]
    assert read(frame, made).answers.iloc[:3, 2].tolist() == [1.0, 2.0, 3.0]


def test_a_bare_comma_joins_options_that_hold_commas_before_a_space(tmp_path):
    """As Qualtrics joins them: "A boat, kayak, or canoe" is one option wherever it stands."""
    boat, pier, yes = "A boat, kayak, or canoe", "A pier", "Yes, daily"
    cells = [boat, pier, f"{pier},{boat}", f"{boat},{yes}", yes, f"{pier},{boat},{yes}", "Yes, weekly", pier] * 3
    path = written(tmp_path / "a.csv", ["Where do you fish?", *(f'"{cell}"' for cell in cells)])
    made = drafted(path)
    assert made.items["kind"].tolist() == ["multi"]
    table = dx.answers(read(path, made)).table.set_index("label")["count"]
    assert {label: table[label] for label in (boat, pier, yes)} == {boat: 12, pier: 12, yes: 9}


def test_a_grid_with_a_column_for_each_step_is_a_rating_for_each_line(tmp_path):
    """As SurveyMonkey spreads it; the header names a step that one person chose, or nobody."""
    steps = ["Very bad", "Bad", "Good", "Very good"]
    given = [("Bad", "Good"), ("Good", "Good"), ("Very good", "Bad"), ("Good", "Bad"), ("Very bad", "")] * 2
    given = [*given[:-1], ("", "Very good")]
    lines = ["How is it?" + "," * 7, ",".join(f"{line} - {step}" for line in ("Builds", "Tests") for step in steps)]
    lines += [",".join(step if step == own else "" for own in row for step in steps) for row in given]
    path = written(tmp_path / "a.csv", lines)
    made = drafted(path)
    assert kinds(made) == {"How is it? [Builds]": "rating", "How is it? [Tests]": "rating"}
    assert scales_of(made) == [steps, steps]
    survey = read(path, made)
    items = ", ".join(made.items["item"])
    assert f"several columns, of which nobody filled two, are read as one: {items}" in survey.notes
    assert survey.answers.iloc[:5].fillna(0).to_numpy().tolist() == [[2, 3], [3, 3], [4, 2], [3, 2], [1, 0]]


@pytest.mark.parametrize("header", ["Full name (optional) [First name]", "Surname", "Name", "Vorname", "Linkedin?"])
def test_what_tells_who_somebody_is_is_left_out_of_a_draft(header):
    frame = pd.DataFrame({header: [f"Person {k}" for k in "ABCDEFGH"], "How is it?": ["Good", "Bad"] * 4})
    assert drafted(frame).items["kind"].tolist() == ["ignore", "rating"]


def test_a_name_that_a_header_says_twice_is_known():
    """A table that was passed on with code and text of each column in its header."""
    names = ["IPAddress:IP Address", "EndDate:End Date", "Q1:How is it?"]
    rows = [(f"10.0.0.{k}", "2026-01-01", cell) for k, cell in enumerate(["Good", "Bad", "OK"] * 4)]
    assert drafted(pd.DataFrame(rows, columns=names)).items["kind"].tolist()[0] == "ignore"


def test_numbers_under_a_question_of_yes_or_no_are_not_rated():
    cells = {"Are you a team lead?": ["1", "2"] * 10, "Did you get the training?": ["1", "2", "3", "2"] * 5}
    frame = pd.DataFrame(cells | {"How fast are builds?": ["1", "2", "3", "4", "5"] * 4})
    made = drafted(frame)
    assert made.items["kind"].tolist() == ["choice", "choice", "rating"]
    assert made.doubts.query("cell == 'scale'")["item"].tolist() == made.items["item"].tolist()[:2]
    table = dx.answers(read(frame, made)).table
    assert table.query("kind == 'choice'")["count"].tolist() == [10, 10, 5, 10, 5]


@pytest.mark.parametrize("header", ["employee_id", "SurveyID", "Respondent ID", "id"])
def test_numbers_of_an_id_that_come_again_are_not_rated(header):
    frame = pd.DataFrame({header: ["1", "2", "3", "4", "5"] * 4, "How is it? (1 bad, 5 good)": list("12345") * 4})
    made = drafted(frame)
    assert made.items["kind"].tolist() == ["ignore", "rating"]
    assert made.doubts.query("cell == 'kind'")["item"].tolist() == [made.items["item"].iloc[0]]


@pytest.mark.parametrize(
    "header",
    [
        "Quel âge avez-vous ?",
        "Quel a\u0302ge avez-vous ?",
        "Ancienneté dans l'entreprise",
        "Wie ist Ihr Alter?",
        "Edad",
    ],
)
def test_bands_of_age_and_tenure_are_groups_in_other_languages(header):
    made = drafted(pd.DataFrame({header: ["18-25", "26-35", "36-45", "46-55"] * 5, "How is it?": ["Good", "Bad"] * 10}))
    assert made.items["kind"].tolist() == ["segment", "rating"]


def test_a_comma_within_a_number_joins_no_options():
    cells = ["Up to Rs. 40,000", "Rs. 40,000, or more,Tips", "Up to Rs. 40,000,Tips", "Tips"] * 4
    made = drafted(pd.DataFrame({"What do you earn?": cells}))
    assert sorted(made.scales["label"]) == ["Rs. 40,000, or more", "Tips", "Up to Rs. 40,000"]
    codes = drafted(pd.DataFrame({"Which rooms?": ["101,102", "101", "102,103", "103", "101,103"] * 4}))
    assert sorted(codes.scales["label"]) == ["101", "102", "103"]


def test_a_line_of_own_words_within_a_grid_is_a_comment():
    """Whatever it is called: it shares no answer with the other lines."""
    steps = ["Rarely", "Often", "Always", "Never"]
    grid = {f"How often? [{line}]": steps[k:] + steps[:k] for k, line in enumerate("ABC")}
    columns = {name: cells * 4 for name, cells in grid.items()}
    columns["How often? [Further]"] = ["", "On the train", "", "While I wait for it"] + [""] * 12
    made = drafted(pd.DataFrame(columns))
    assert made.items["kind"].tolist() == ["rating", "rating", "rating", "comment"]
    assert "On the train" not in set(made.scales["label"])
