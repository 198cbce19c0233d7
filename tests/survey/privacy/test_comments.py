"""Comments stand alone: masked, in the order of the alphabet, from ten writers on, for the whole company only."""

import time

import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.comments import masked

BOOK = pd.DataFrame(
    {
        "item": ["who", "team", "ci", "why"],
        "text": ["Your code", "Team", "CI is fast", "Why?"],
        "kind": ["id", "segment", "rating", "comment"],
        "scale": ["", "", "yesno", ""],
    }
)


def survey(written, **options):
    """A survey with these comments; "" for nobody's."""
    frame = pd.DataFrame({"why": written, "who": [f"k{i:03d}x" for i in range(len(written))]})
    return dx.read_survey(frame.assign(team="A", ci="Yes"), BOOK, **options)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("mail me: a.b+c@mail.example.org", "mail me: [mail]"),
        ("bob.smith (at) example.org, or ann [at] example dot org", "[mail], or [mail] dot org"),
        ("see https://wiki.example.com/x?y=1", "see [link]"),
        ("call +49 30 1234 5678", "call [number]"),
        ("thanks @anna and @bob.smith", "thanks [name] and [name]"),
        ("ask <@U024BE7LH> or <@U02|Bob Smith>", "ask [name] or [name]"),
        ("clone root:hunter2@db.example.org/x", "clone [password]"),
        ("key AKIAIOSFODNN7EXAMPLE1 leaked", "key [code] leaked"),
        ("pay DE89 3704 0044 0532 0130 00 or GB29NWBK60161331926819", "pay [account] or [account]"),
        ("the host 10.0.12.7 and fe80:1:2:3:4 are slow", "the host [address] and [address] are slow"),
        ("in /home/bob/src or ~/work/notes.md", "in [path] or [path]"),
        (r"on C:\Users\bob and \\share\bob", "on [path] and [path]"),
        ("see services/billing/main.py", "see [path]"),
        ("7 of 10 builds fail", "7 of 10 builds fail"),
        ("CI/CD and/or reviews, at 12:30, v1.2.3", "CI/CD and/or reviews, at 12:30, v1.2.3"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrtsgesellschaft"),
        ("k001x said so. Ask k002x.", "[id] said so. Ask [id]."),
    ],
)
def test_comments_lose_what_points_to_people(text, safe):
    assert masked(text, lambda word: word in {"k001x", "k002x"}) == safe


def test_ids_of_the_file_are_masked():
    found = dx.comments(survey([f"ask k{i:03d}x, not k999x" for i in range(12)])).table["comment"]
    assert set(found) == {"ask [id], not k999x"}


def test_comments_are_in_alphabetical_order_with_their_notes(snapshot):
    written = [f"{'Ss'[i % 2]}low {i:02d}" for i in range(12)][::-1]
    result = dx.comments(survey([*written, "", " "]), "why")
    assert result.table.columns.tolist() == ["comment"]
    assert [text.casefold() for text in result.table["comment"]] == [f"slow {i:02d}" for i in range(12)]
    assert (result.title, result.seed) == ("Why?", None)
    assert result.notes == snapshot


def test_comments_need_ten_writers_or_as_many_as_the_minimum():
    assert len(dx.comments(survey(["slow"] * 9)).table) == 0
    assert len(dx.comments(survey(["slow"] * 10)).table) == 10
    assert len(dx.comments(survey(["slow"] * 12, min_group=13)).table) == 0
    assert len(dx.comments(survey(["slow"] * 12, comment_group=13)).table) == 0
    assert len(dx.comments(survey(["slow"] * 12, min_group=12, comment_group=3)).table) == 12


def test_comments_are_not_cut_and_not_shuffled(refusal):
    asked = survey(["slow"] * 12)
    with refusal("whole company only", error=TypeError):
        dx.comments(asked, by="team")
    with refusal("leave out by and seed", error=TypeError):
        dx.comments(asked, by="team", seed=1)


def test_options_of_comments_are_checked(refusal):
    asked = survey(["slow"] * 12)
    with refusal("question="):
        dx.comments(asked, question="wyh")
    with refusal("comment_group="):
        survey(["slow"] * 12, comment_group=0)
    with refusal("survey="):
        dx.comments(dx.tally(asked))
    with pytest.raises(dx.Missing, match="kind comment"):
        dx.comments(dx.read_survey(pd.DataFrame({"ci": ["Yes"] * 12}), BOOK.loc[BOOK["item"] == "ci"]))


HARD = ["a", "a.", "a@", "1", "1 ", "a/", "/a", "<@", "a:", "(at)", "é", "1.", "0:", "- ", "\\", "@a", "DE12 ", "a1"]


@pytest.mark.parametrize("part", HARD)
def test_masking_takes_time_in_proportion_to_the_length(part):
    def taken(times):
        text = part * times
        start = time.process_time()
        masked(text)
        return time.process_time() - start

    short, long = min(taken(4_000) for _ in range(2)), min(taken(32_000) for _ in range(2))
    assert long < 24 * short + 0.02  # eight times the length


@pytest.mark.simulated
def test_10_000_long_comments_take_seconds():
    words = "the build at 10.0.0.1 is slow, ask bob@example.org or see /home/bob/notes and CI/CD 12 345 678 90 " * 20
    start = time.perf_counter()
    found = dx.comments(survey([f"{i} {words}" for i in range(10_000)]))
    print(f"\n10,000 comments of {len(words)} letters: {time.perf_counter() - start:.1f} s")
    assert len(found.table) == 10_000
    assert time.perf_counter() - start < 30
