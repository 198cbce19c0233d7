"""The reference values of questions with options, numbers, weights and labels, each to the printed digit."""

import math

import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.reading.labels.order import label_order
from dxkit.survey.tally import weighed
from tests.survey.reading.one_survey import write

pytestmark = pytest.mark.usefixtures("nothing_hidden")

NEAR = {"abs": 5e-7}


def read(kind, cells, *options, rules=(), **columns):
    items = pd.DataFrame([{"item": "q", "text": "Which?", "kind": kind, "scale": "o" if options else "", **columns}])
    scales = pd.DataFrame({"scale": "o", "code": range(1, len(options) + 1), "label": options}) if options else None
    table = pd.DataFrame(
        [(*rule, *[""] * (4 - len(rule))) for rule in rules], columns=["rule", "question", "value", "to"]
    )
    source = pd.DataFrame(cells, dtype=object) if isinstance(cells, dict) else pd.DataFrame({"Which?": cells})
    return dx.read_survey(source, dx.read_codebook(items, scales), rules=table)


def figures(survey):
    """n, share and its interval, by label."""
    table = dx.answers(survey).table.set_index("label")
    return table[["answered", "share", "low", "high"]].T.to_dict("list")


def test_joined_answers_of_which_one_is_no():
    found = figures(
        read("multi", ["Slack, Teams"] * 6 + ["Teams"] * 6 + ["Slack"] * 2 + ["No"] * 14, "Slack", "Teams", "No")
    )
    assert found["Slack"] == pytest.approx([28, 0.285714, 0.152540, 0.470593], **NEAR)
    assert found["Teams"] == pytest.approx([28, 0.428571, 0.265085, 0.609292], **NEAR)


def test_columns_of_which_one_is_no():
    cells = {
        "Which? [hosted]": ["hosted"] * 4 + [""] * 8,
        "Which? [our own]": [""] * 2 + ["our own"] * 4 + [""] * 6,
        "Which? [No]": [""] * 6 + ["No"] * 6,
    }
    found = figures(read("multi", cells, "hosted", "our own", "No"))
    assert [row[:2] for row in found.values()] == [pytest.approx([12, share], **NEAR) for share in (1 / 3, 1 / 3, 0.5)]


def test_ticks_of_typeform(tmp_path):
    names = ["Meetups", "Conferences", "None"]
    ticks = [("Meetups", "", "")] * 8 + [("Meetups", "Conferences", "")] * 12 + [("", "Conferences", "")] * 8
    ticks += [("", "", "None")] * 28
    rows = [[f"{k:x}", *tick, "2026-01-01", "2026-01-01"] for k, tick in enumerate(ticks)]
    path = write(tmp_path / "a.csv", [["#", *names, "Start Date (UTC)", "Submit Date (UTC)"], *rows])
    items = pd.DataFrame({"item": ["q"], "text": ["Where?"], "kind": ["multi"], "scale": ["o"]})
    survey = dx.read_survey(
        path, dx.read_codebook(items, pd.DataFrame({"scale": "o", "code": [1, 2, 3], "label": names}))
    )
    assert (survey.source, len(survey)) == ("typeform", 56)
    assert figures(survey)["None"] == pytest.approx([56, 0.5, 0.373317, 0.626683], **NEAR)
    assert [row[1] for row in figures(survey).values()] == pytest.approx([20 / 56, 20 / 56, 0.5])


def test_na_as_r_writes_it(tmp_path):
    rows = [["A", "5", "4"], ["A", "4", "NA"], ["B", "5", "5"], ["B", "4", "4"], ["A", "NA", "4"], ["A", "5", "NA"]]
    rows += [["B", "3", "3"], ["B", "2", "NA"], ["NA"] * 3, ["NA"] * 3]
    path = write(tmp_path / "a.csv", [["team", "ci", "docs"], *rows])
    items = pd.DataFrame({"item": ["team", "ci", "docs"], "text": ["team", "ci", "docs"]})
    items["kind"], items["scale"] = ["segment", "rating", "rating"], ["", "1-5", "1-5"]
    survey = dx.read_survey(path, items)
    five = dx.answers(survey).table.query("item == 'ci' and code == 5").iloc[0]
    assert five[["answered", "share", "skipped"]].tolist() == pytest.approx([7, 0.428571, 1], **NEAR)
    assert survey.cleaning[["what", "count"]].to_numpy().tolist() == [["blank submissions set aside", 2]]


def test_ranking():
    survey = read("rank", ["CI;Docs;Tests"] * 7 + ["Docs;CI;Tests"] * 3, "CI", "Docs", "Tests")
    found = figures(survey)
    assert found["CI"] == pytest.approx([10, 0.7, 0.396778, 0.892209], **NEAR)
    assert [row[1] for row in found.values()] == pytest.approx([0.7, 0.3, 0.0])
    assert dx.scores(survey).table["estimate"].tolist() == pytest.approx([1.3, 1.7, 3.0])


def test_numbers_as_people_write_them():
    rules = [("missing", "q", "5-6"), ("label", "q", "none", "0")]
    cells = ["3", "2.5", "4 h", "5-6", "~2", "none", "7", "1"]
    row = dx.scores(read("number", cells, rules=rules, unit="hours")).table.iloc[0]
    right = [7, 2.785714, 0.858134, 0.685935, 4.885493]
    assert row[["n", "estimate", "se", "low", "high"]].tolist() == pytest.approx(right, **NEAR)


def test_weights():
    items = pd.DataFrame({"item": ["x", "w"], "text": ["x", "w"], "kind": ["number", "weight"], "scale": ""})
    frame = pd.DataFrame({"x": [4, 5, 2, 3, 5, 1], "w": [1, 2, 1, 0.5, 1.5, 3]})
    survey = dx.read_survey(frame, items)
    row = dx.scores(survey).table.iloc[0]
    assert row["estimate"] == pytest.approx(3.111111, **NEAR)
    assert row["se"] == pytest.approx(frame["x"].std() / math.sqrt(4.628571), **NEAR)  # n_eff answers of this spread
    cells = dx.tally(survey).cut()
    total, squares = cells.weighed_states[:, 0].sum(axis=(0, 1))
    effective = total**2 / squares
    assert (effective, 6 / effective) == pytest.approx((4.628571, 1.296296), **NEAR)
    assert "design effect 1.30, 6 answers are as precise as 4.6" in weighed.remark(cells)
    rated = dx.read_survey(frame, items.assign(kind=["rating", "weight"], scale=["1-5", ""]))
    assert dx.scores(rated).table.loc[0, "estimate"] == pytest.approx(52.777778, **NEAR)


@pytest.mark.parametrize(
    ("labels", "codes"),
    [
        ("Not at all; Slightly; Moderately; Very much; Extremely", [1, 2, 3, 4, 5]),
        (
            "Extremely poor; Very poor; Somewhat poor; Neither good nor poor; Somewhat good; Very good; "
            "Extremely good; I don't know or NA",
            [1, 2, 3, 4, 5, 6, 7, None],
        ),
        ("(0) None at all.; (1) Small.; (2) Large.", [0, 1, 2]),
        ("Strongly agree; 9; 8; 7; 6; 5; 4; 3; 2; Strongly disagree", [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ("Less than 1 hour; 1 to 2 hours; 3 to 5 hours; More than 5 hours", [0.5, 1.5, 4, 6]),
        ("Backend; Frontend; Data", None),
        ("Good; Agree; Never", None),
        ("Yes; No; Maybe so", None),
    ],
)
def test_labels(labels, codes):
    found = label_order(labels.split("; "))
    if codes is None:
        assert found is None
        return
    assert found is not None
    given = [found.codes[label] for label in labels.split("; ")]
    assert [None if math.isnan(code) else code for code in given] == codes
