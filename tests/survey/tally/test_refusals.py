"""What cannot be tallied, kept, ranked or weighted is refused in full sentences; notes and labels are whole too."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.tally import entry, topics, weighed
from dxkit.survey.tally.files import kept, storage
from dxkit.survey.tally.files.laws import broken
from dxkit.survey.tally.from_survey import check_answers, of_answers, of_survey

ROWS = [
    ("team", "Team", "segment", "", ""),
    ("site", "Site", "segment", "", ""),
    ("ci", "CI is fast", "rating", "agreement5", "CI"),
    ("cd", "CD is fast", "rating", "agreement5", "CD"),
    ("ci_w", "CI matters", "importance", "importance5", "CI"),
    ("lost", "Hours lost", "hours", "hours", "CD"),
]
ITEMS = pd.DataFrame(ROWS, columns=["item", "text", "kind", "scale", "topic"])


def book_of(*items):
    return dx.read_codebook(ITEMS[ITEMS["item"].isin(["team", "site", *items])])


def people(n=40):
    frame = pd.DataFrame({"team": np.resize(["A", "B"], n), "site": np.resize(["X", "X", "Y", "Y", "Z"], n)})
    return frame.assign(ci=np.resize([1, 2, 3, 4, 5], n), cd=np.resize([2, 4, 4], n), lost=1.5)


def told(function, *given, error=dx.DataError, **named):
    with pytest.raises(error) as caught:
        function(*given, **named)
    return str(caught.value)


def test_answers_that_cannot_be_tallied_are_refused():
    frame, book = people(), book_of("ci")
    assert told(dx.tally, frame) == "to tally a file or frame give codebook=, so that dxkit understands the columns"
    assert told(dx.tally, [frame]) == told(dx.tally, frame)
    for name, value, text in [
        ("progress", "no", "give True, False, or a function that takes a line of text, such as print"),
        ("wave", 3, "give the name of the wave as text, such as '2026-Q3'"),
        ("roster_check", "x", "use one of refuse, note"),
    ]:
        assert told(dx.tally, frame, codebook=book, **{name: value}) == f"{name}={value!r}: {text}"
    text = "give the answers, from open_survey or read_survey, or a tally"
    assert told(check_answers, frame) == f"survey=<DataFrame>: {text}"
    assert told(check_answers, 5, "answers") == f"answers=5: {text}"
    survey = dx.read_survey(frame, book)
    assert told(of_survey(survey).cut, ["role"]) == "the cut role is not among the answers, which have team, site"
    plain = of_survey(dx.read_survey(frame[["ci"]], dx.read_codebook(ITEMS[2:3])))
    assert told(plain.cut, ["team"]) == "the cut team is not among the answers, which have none"
    assert told(of_answers, [], survey) == "no respondent gave an answer; there is nothing to tally"
    assert told(dx.scores, survey, release=3, error=TypeError) == (
        "scores has no release=: what may be shown is decided once for the whole survey, see survey.release"
    )


def test_a_ranking_that_the_codebook_has_no_questions_for_is_refused():
    needed = "a ranking needs hours or a rating for every pain point"
    no_topic, no_pain = ITEMS.assign(topic=""), ITEMS.assign(scale=np.where(ITEMS["kind"] == "segment", "", "yesno"))
    no_pain = no_pain.assign(kind=np.where(ITEMS["kind"] == "segment", "segment", "choice"))
    for book, score, text in [
        (
            book_of("ci", "cd", "lost"),
            "impact",
            "score 'impact' needs for every topic a question of kind rating and "
            "one of kind importance; without: CI, CD. Possible here: severity",
        ),
        (
            book_of("ci_w", "lost"),
            "impact",
            "score 'impact' needs for every topic a question of kind rating and one "
            "of kind importance; without: CI, CD. Possible here: none",
        ),
        (
            book_of("ci", "ci_w"),
            "hours",
            "score 'hours' needs for every topic a question of kind hours; without: CI. "
            "Possible here: impact, severity, opportunity, importance",
        ),
        (
            book_of("ci", "lost"),
            None,
            f"{needed}; without a question of kind hours: CI; without a question of kind rating: CD",
        ),
        (
            book_of("ci_w"),
            None,
            f"{needed}; no topic of the codebook has either; score='importance' ranks by importance alone",
        ),
        (dx.read_codebook(no_pain), None, f"{needed}; no topic of the codebook has either"),
        (dx.read_codebook(no_topic), None, "a ranking needs pain points; fill in the codebook's column topic"),
    ]:
        assert told(topics.default, book, score) == text
    assert topics.default(book_of("ci", "ci_w")) == "impact"
    assert topics.default(book_of("ci", "ci_w"), "importance") == "importance"
    assert topics.default(book_of("ci", "cd", "lost")) == "severity"


def test_what_is_not_known_of_a_tally_is_refused():
    tally = dx.tally(people(), codebook=book_of("ci"))
    cells = tally.cut()
    assert told(lambda: cells.weighed_codes, error=ValueError) == "the file of these answers has no weights"
    assert told(weighed.margins_of, cells, error=ValueError) == "without a roster there is nothing to weight to"
    few = dx.tally(people(4), codebook=book_of("ci"))
    assert told(kept.kept, few) == "fewer than 5 people answered; nothing of them may be kept in a file"
    pairs = replace(tally.comoments, pairs=tally.comoments.pairs[:, :0])
    whole = kept.kept(tally)
    assert broken(replace(whole, comoments=pairs)) == "co-moments: they have another shape than the codebook says"


def test_a_file_of_another_version_or_size_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.tally"
    storage.write(path, {"version": 9}, {"people": np.arange(3)})
    assert told(storage.read, path) == (
        "a.tally: the tally is of version 9, this dxkit reads 5; install a newer dxkit, or tally again"
    )
    with np.load(path) as held:
        unpacked = sum(len(held.zip.read(name)) for name in held.zip.namelist())
    monkeypatch.setattr(storage, "_MOST_BYTES", unpacked - 1)
    assert told(storage.read, path) == "a.tally: unpacked it is larger than 0 MiB; this file is not a tally"
    monkeypatch.setattr(storage, "_MOST_BYTES", unpacked)
    assert "of version 9" in told(storage.read, path)


def test_answers_are_labelled_as_their_scales_have_them_and_numbers_as_numbers():
    """A code between two of a scale, a number without a scale, a blank; the codes in order, each with how many."""
    scales = pd.DataFrame({"scale": "s", "code": [1, 2.5], "label": ["low", "high"]})
    rows = [("q", "Q", "rating", "s"), ("h", "Hours", "hours", "hours"), ("n", "Age", "number", "")]
    book = dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "scale"]), scales)
    frame = pd.DataFrame({"q": ["low", "high", "high", ""], "h": ["1", "2", "", "3.5"], "n": ["30", "41", "30", "52"]})
    table = dx.tally(frame, codebook=book).frame().table
    assert table.fillna(-1).to_numpy().tolist() == [
        ["q", "low", 1.0, 1],
        ["q", "high", 2.5, 2],
        ["q", "skipped", -1, 1],
        ["h", "a number", -1, 3],
        ["h", "skipped", -1, 1],
        ["n", "a number", -1, 4],
    ]
    assert table["count"].dtype == np.int64


def test_weights_that_let_few_people_decide_are_told():
    rows = [("ci", "CI is fast", "rating", "agreement5"), ("w", "w", "weight", "")]
    book = dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "scale"]))
    frame = pd.DataFrame({"ci": np.resize([1, 2, 3, 4, 5], 40), "w": [1.0] * 38 + [40.0] * 2})
    # the sum is 118, that of the squares 3,238
    unequal = "; the weights are so unequal that few people decide the figures"
    plain = "weighted by the file: design effect {}, 40 answers are as precise as {} equally weighted ones"
    assert weighed.remark(dx.tally(frame, codebook=book).cut()) == plain.format("9.30", "4.3") + unequal
    frame["w"] = [1.0] * 38 + [7.0] * 2  # 52 and 136
    assert weighed.remark(dx.tally(frame, codebook=book).cut()) == plain.format("2.01", "19.9")


def test_memory_is_reckoned_by_what_a_group_and_a_person_take(monkeypatch):
    """Two questions of five codes and four states are 18 counts; hours are three sums, and weights as many more."""
    rows = [("team", "segment", ""), ("ci", "rating", "agreement5"), ("lost", "hours", "hours"), ("w", "weight", "")]
    items = pd.DataFrame([(name, name, *rest) for name, *rest in rows], columns=["item", "text", "kind", "scale"])
    frame, found = people().assign(w=2.0), []
    monkeypatch.setattr(entry, "check_size", lambda segments, cuts, each, memory: found.append((each, memory)))
    monkeypatch.setattr(
        entry, "crossing", lambda segments, cuts, person, cell, memory: found.append((person, cell, memory))
    )
    dx.tally(frame, codebook=dx.read_codebook(items[:3]), memory=4_000_000)
    dx.tally(frame, codebook=dx.read_codebook(items), memory=4_000_000)
    plain, weighted = 8 + 24, 8 + 24 + 16 * 18 + 24
    assert found == [
        (4 * 18 + plain, 4_000_000),
        (2, plain, 1_000_000),
        (4 * 18 + weighted, 4_000_000),
        (2, weighted, 1_000_000),
    ]


def test_a_tally_is_of_no_wave_and_of_five_unless_it_is_said():
    tally = dx.tally(people(), codebook=book_of("ci"))
    assert (tally.wave, tally.min_group, tally.comment_group) == ("", 5, 10)
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [3, 50]})
    assert "more answers than headcount" in told(dx.tally, people(), codebook=book_of("ci"), roster=roster)


def test_comoments_are_kept_of_up_to_1_000_variables_and_within_memory(monkeypatch):
    frame, book = people(), book_of("ci", "cd")
    assert entry.MOST_VARIABLES == 1_000
    for most, kept_ in ((2, True), (1, False)):
        monkeypatch.setattr(entry, "MOST_VARIABLES", most)
        assert (dx.tally(frame, codebook=book).comoments is not None) == kept_
    monkeypatch.setattr(entry, "check_size", lambda *_: None)
    monkeypatch.setattr(entry, "BYTES", 10_000_000)  # four pairs of two variables
    assert dx.tally(frame, codebook=book, comoments=True, memory=40_000_000).comoments is not None
    assert told(dx.tally, frame, codebook=book, comoments=True, memory=39_999_999) == (
        "co-moments need 40 MB; pass comoments=False, or raise memory="
    )
