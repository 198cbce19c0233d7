"""What holds for every survey: few generated ones in each run, many in the stage of simulations."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

import dxkit as dx

SIZES = [pytest.param(3, id="few"), pytest.param(150, id="many", marks=pytest.mark.simulated)]
PHASES = (Phase.explicit, Phase.generate)  # shrinking a survey takes minutes and tells little more
OPTIONS = ("Slack", "Teams, new", "No", "C/C++", "Visual Studio")
LABELS = ("Backend", "Front end", "Data; ML")
ROWS = [
    ("team", "Team", "segment", ""),
    ("q", "Which?", "multi", "o"),
    ("c", "Main one?", "choice", "l"),
    ("r", "Rank these", "rank", "l"),
    ("ci", "CI is fast", "rating", "agreement5"),
    ("h", "Hours lost to CI", "hours", ""),
    ("n", "How many tools?", "number", ""),
]
AGREE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")


def book(rows=ROWS, options=OPTIONS, labels=LABELS):
    lines = [(name, code, label) for name, of in (("o", options), ("l", labels)) for code, label in enumerate(of, 1)]
    return dx.read_codebook(
        pd.DataFrame(rows, columns=["item", "text", "kind", "scale"]),
        pd.DataFrame(lines, columns=["scale", "code", "label"]),
    )


BOOK = book()
person = st.fixed_dictionaries(
    {
        "Team": st.sampled_from(["Red", "Blue", ""]),
        "Which?": st.sets(st.sampled_from((*OPTIONS, "mine")), max_size=4),
        "Main one?": st.sampled_from([*LABELS, "other", "", "n/a"]),
        "Rank these": st.one_of(st.just([]), st.permutations(LABELS)),
        "CI is fast": st.sampled_from([*AGREE, "", "weiß nicht"]),
        "Hours lost to CI": st.sampled_from(["", "2", "~3", "0"]),
        "How many tools?": st.sampled_from(["", "1", "2.5", "-3"]),
    }
)
people = st.lists(person, min_size=6, max_size=16)


def frame(rows, joint="|"):
    """The answers as text, options joined."""
    cells = [
        {
            name: joint.join(sorted(each) if isinstance(each, set) else each) if not isinstance(each, str) else each
            for name, each in row.items()
        }
        for row in rows
    ]
    return pd.DataFrame(cells, dtype=object)


def read(answers, asked=BOOK, **how):
    """The survey; a label outside the codebook that many gave is no fault here."""
    return dx.read_survey(answers, asked, min_group=100, **how)


def same(one, other):
    pd.testing.assert_frame_equal(one.answers, other.answers)
    pd.testing.assert_frame_equal(one.state, other.state)
    pd.testing.assert_frame_equal(one.segments, other.segments)


def spread(rows, marks):
    """A column for each option; what a person chose beside them in the column Other."""
    yes, no = marks
    columns = {}
    for option in OPTIONS:
        mark, blank = (option, "") if yes is None or option == "No" else (yes, no)
        columns[f"Which? [{option}]"] = [mark if option in row["Which?"] else blank for row in rows]
    columns["Which? [Other]"] = ["mine" if "mine" in row["Which?"] else "" for row in rows]
    return pd.DataFrame(columns, dtype=object)


@pytest.mark.parametrize("examples", SIZES)
def test_one_question_joined_by_any_separator_or_spread_in_any_words_is_one_table(examples):
    joints = st.sampled_from([";", "|", "\n", "、", " + ", "json"])
    marks = st.sampled_from(
        [(None, ""), ("Yes", "No"), ("1", "0"), ("Ja", ""), ("Oui", "Non"), ("x", ""), ("はい", "いいえ")]
    )

    @settings(max_examples=examples, phases=PHASES)
    @given(people, joints, marks, st.randoms(use_true_random=False))
    def holds(rows, joint, words, random):
        everything = {**rows[0], "Which?": set(OPTIONS)}
        rows = [row for row in rows if row["Which?"]] + [everything] * 8
        asked = book([ROWS[1], ROWS[4]])
        rating = pd.Series(["Agree"] * len(rows), name="CI is fast", dtype=object)
        rule = pd.DataFrame({"rule": ["separator"], "question": ["q"], "value": ["json"]}) if joint == "json" else None
        if joint in ("|", "、", " + "):  # an unusual one is taken where it explains nearly all
            rows = [{**row, "Which?": row["Which?"] - {"mine"} or {"No"}} for row in rows]
        chosen = [sorted(row["Which?"]) for row in rows]
        cells = [pd.Series(each).to_json(orient="values") if joint == "json" else joint.join(each) for each in chosen]
        joined = read(pd.DataFrame({"Which?": cells, "CI is fast": rating}), asked, rules=rule)
        columns = spread(rows, words).assign(**{"CI is fast": rating})
        order = list(columns)
        random.shuffle(order)
        for other in (columns, columns[order]):
            pd.testing.assert_frame_equal(read(other, asked).answers, joined.answers)
        assert set(dx.answers(joined).table.query("item != 'ci'")["answered"].dropna()) <= {len(rows)}

    holds()


@pytest.mark.parametrize("examples", SIZES)
def test_n_is_who_filled_a_cell_states_add_up_and_columns_may_stand_in_any_order(examples):
    @settings(max_examples=examples, phases=PHASES)
    @given(people, st.randoms(use_true_random=False))
    def holds(rows, random):
        answers = frame(rows)
        survey = read(answers)
        blank = (answers.drop(columns="Team") == "").all(axis=1).to_numpy()
        assert len(survey) == len(rows) - blank.sum()
        assert survey.cleaning["count"].sum() == blank.sum()
        kept = answers[~blank]
        for item, state in survey.state.items():
            text = dict((row[0], row[1]) for row in ROWS)[survey.codebook.question_of(item)]
            declined = kept[text].isin(["n/a", "weiß nicht"]).to_numpy()
            filled = (kept[text] != "").to_numpy()
            assert (np.isin(state, (0, 1)) == filled).all()
            assert ((state == 1) == declined).all()
            assert np.isin(state, (0, 1, 2, 3)).all()
        order = list(answers)
        random.shuffle(order)
        same(read(answers[order]), survey)
        if len(survey):
            table = dx.answers(dx.tally(survey)).table
            shown = table[table["shown"]]
            assert (shown[["answered", "skipped", "not_asked"]].sum(axis=1) == len(survey)).all()

    holds()


@pytest.mark.parametrize("examples", SIZES)
def test_another_label_never_lowers_n(examples):
    @settings(max_examples=examples, phases=PHASES)
    @given(people)
    def holds(rows):
        listed = [
            {**row, "Which?": row["Which?"] - {"mine"}, "Main one?": row["Main one?"].replace("other", "")}
            for row in rows
        ]
        assume(any(row["Which?"] for row in listed))
        more, fewer = read(frame(rows)), read(frame(listed))
        for item in BOOK.measured:
            assert np.isin(more.state[item], (0, 1)).sum() >= np.isin(fewer.state[item], (0, 1)).sum()

    holds()


@pytest.mark.parametrize("examples", SIZES)
def test_labels_recoded_through_rules_give_equal_results(examples):
    words = ("A1", "b 2", "Ja!", "選択", "x-y")

    @settings(max_examples=examples, phases=PHASES)
    @given(people, st.permutations(words))
    def holds(rows, new):
        options, labels, agree = (dict(zip(of, new, strict=False)) for of in (OPTIONS, LABELS, AGREE))
        recoded = [
            {
                **row,
                "Which?": {options.get(each, each) for each in row["Which?"]},
                "Main one?": labels.get(row["Main one?"], row["Main one?"]),
                "Rank these": [labels[each] for each in row["Rank these"]],
                "CI is fast": agree.get(row["CI is fast"], row["CI is fast"]),
            }
            for row in rows
        ]
        table = [
            ("label", item, word, label)
            for item, of in (("q", options), ("c", labels), ("r", labels), ("ci", agree))
            for label, word in of.items()
        ]
        rules = pd.DataFrame(table, columns=["rule", "question", "value", "to"])
        plain, read_as = read(frame(rows)), read(frame(recoded), rules=rules)
        same(read_as, plain)

    holds()


def exported(seed, people=40):
    """An export as a stranger has it, with questions of every kind; from a few well known words."""
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "Your team": draw.choice(["Red", "Blue", "Green"], people),
            "CI is fast": draw.choice(AGREE, people),
            "Docs are good": draw.choice(AGREE, people),
            "Which tools do you use?": [
                "; ".join(draw.permutation(["Git", "Helm", "Argo CD"])[: 1 + k % 3]) for k in range(people)
            ],
            "How likely are you to recommend us?": draw.integers(0, 11, people).astype(str),
            "Do you review code?": draw.choice(["Yes", "No"], people),
            "How often do you deploy?": draw.choice(["Never", "Monthly", "Weekly", "Daily"], people),
            "Hours lost to CI a week": draw.choice(["0", "1", "2.5", "4"], people),
        }
    )


def spoiled(text, random):
    return random.choice([text, text.upper(), text.lower(), f" {text} ", text.replace(" ", "  ")])


def drafted(export):
    draft = dx.draft(export)
    return [part.to_dict("records") for part in (draft.items, draft.scales, draft.doubts, draft.rules)]


@pytest.mark.parametrize("examples", SIZES)
@pytest.mark.thorough
def test_row_order_case_and_spacing_change_no_draft_and_the_draft_is_read(examples):
    @settings(max_examples=examples, phases=PHASES)
    @given(st.integers(0, 10_000), st.randoms(use_true_random=False))
    def holds(seed, random):
        export = exported(seed)
        right = drafted(export)
        order = list(range(len(export)))
        random.shuffle(order)
        assert drafted(export.iloc[order].reset_index(drop=True)) == right
        few = set(random.sample(range(len(export)), 4))  # the most frequent spelling stands in the draft
        mixed = export.apply(
            lambda column: [spoiled(text, random) if k in few else text for k, text in enumerate(column)]
        )
        found = drafted(mixed)
        assert [row["kind"] for row in found[0]] == [row["kind"] for row in right[0]]
        assert [(row["scale"], row["code"], row["label"].casefold()) for row in found[1]] == [
            (row["scale"], row["code"], row["label"].casefold()) for row in right[1]
        ]
        draft = dx.draft(export)
        yellow = set(draft.doubts.loc[draft.doubts["cell"].isin(["scale", "kind"]), "item"])
        sure = dx.read_codebook(draft.items[~draft.items["item"].isin(yellow)], draft.scales)
        assert len(dx.read_survey(export, sure, rules=draft.rules)) == len(export)

    holds()


@pytest.mark.parametrize("examples", SIZES)
@pytest.mark.thorough
def test_a_part_that_is_not_missing_is_the_result_itself(examples):
    @settings(max_examples=examples, phases=PHASES)
    @given(people)
    def holds(rows):
        survey = dx.read_survey(frame(rows * 2), BOOK, min_group=100)
        assume(len(survey))
        for make, inputs in ((dx.scores, ()), (dx.answers, ()), (dx.scores, ("team",)), (dx.tally, ())):
            assert repr(dx.part(make, survey, *inputs)) == repr(make(survey, *inputs))

    holds()
