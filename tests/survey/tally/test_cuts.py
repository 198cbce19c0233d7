"""A tally is cut as it was asked to be, within its memory, along a hierarchy, and never against a release."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from dxkit.survey.reading.roster import read_roster
from dxkit.survey.tally.cuts import amount, check_size, crossing, cuts_of, strays
from dxkit.survey.tally.from_survey import of_survey
from dxkit.survey.tally.margins import Cross
from dxkit.survey.tally.merging import respelled
from tests.survey import worlds
from tests.survey.tally.test_tally import same


def book_of(segments, topics=False):
    book = worlds.codebook(segments=segments)
    return dx.read_codebook(book.assign(topic=np.where(book["kind"] == "rating", book["item"], "") if topics else ""))


def people(n=200, seed=0, **values):
    rng = np.random.default_rng(seed)
    frame = worlds.answers(n, teams=4, seed=seed)
    return frame.assign(
        **{name: rng.choice([f"{name} {k}" for k in range(count)], n) for name, count in values.items()}
    )


@pytest.fixture
def frame():
    return people(site=3, role=2)


BOOK = book_of(("team", "site", "role"), topics=True)


def test_a_tally_keeps_each_segment_alone_unless_it_is_asked_for_others(frame):
    """The cross of all cuts is counted beside them: it decides what may be shown."""
    alone = dx.tally(frame, codebook=BOOK)
    assert alone.declared == (("team",), ("site",), ("role",))
    assert list(alone.cuts) == [(), ("team",), ("site",), ("role",)]
    assert list(alone.cross.groups) == ["team", "site", "role"]
    assert list(dx.tally(frame, [], codebook=BOOK).cuts) == [()]
    assert list(dx.tally(frame, "team", codebook=BOOK).cuts) == [(), ("team",)]
    two = dx.tally(frame, [1, ["role", "site"]], codebook=BOOK)
    assert two.declared == (("team",), ("role", "site"))
    assert list(two.cuts) == [(), ("team",), ("role", "site")]
    assert list(two.cross.groups) == ["team", "role", "site"]


def test_a_cut_that_was_not_kept_is_told_with_those_that_were(frame, refusal):
    with refusal("cuts=['team', 'site', 'role', ['team', 'role']]"):
        dx.scores(dx.tally(frame, codebook=BOOK), by=["team", "role"])
    with refusal("cuts=[['site', 'role'], 'team']"):
        dx.scores(dx.tally(frame, [["site", "role"]], codebook=BOOK), by="team")
    with refusal("site"):
        dx.tally(frame.drop(columns="site"), "site", codebook=BOOK)
    with refusal("sight"):
        dx.tally(frame, ["team", ["sight"]], codebook=BOOK)


def test_a_survey_is_cut_as_it_is_asked_to_be(frame):
    cuts = ["team", ["site", "role"]]
    survey, kept = dx.read_survey(frame, BOOK, cuts=cuts), dx.tally(frame, cuts, codebook=BOOK)
    for by in cuts:
        pd.testing.assert_frame_equal(dx.answers(survey, by=by).table, dx.answers(kept, by=by).table)


def test_with_a_roster_every_cut_holds_the_cells_of_the_weights_and_scores_as_the_survey(frame):
    roster = pd.DataFrame({"site": ["site 0", "site 1", "site 2"], "headcount": [90, 120, 300]})
    kept, survey = dx.tally(frame, codebook=BOOK, roster=roster), dx.read_survey(frame, BOOK, roster)
    assert list(kept.cuts) == [("site",), ("team", "site"), ("role", "site")]
    assert list(kept.cross.groups) == ["site", "team", "role"]
    for by in (None, "team", "site"):
        pd.testing.assert_frame_equal(dx.scores(kept, by=by).table, dx.scores(survey, by=by).table)
    one, two = (dx.rank_pains(source, by="role").table for source in (kept, survey))
    pd.testing.assert_frame_equal(one, two)


def test_groups_that_need_too_much_memory_are_refused_before_anything_is_counted(refusal, monkeypatch):
    survey = dx.read_survey(people(3_000, team=800, site=30, role=8), BOOK)
    monkeypatch.setattr("dxkit.survey.tally.entry.counted", lambda *_: pytest.fail("it was counted"))
    with refusal("3,000 groups", "leave out team (7"):
        dx.tally(survey, [["team", "site", "role"]], memory="500 KB")
    with refusal("the whole"):
        dx.tally(survey, [], memory=200)
    with pytest.raises(dx.DataError) as told:
        check_size(survey.segments.astype("category"), [("team",), ("team", "site")], 2_000, 1_000_000)
    assert str(told.value).startswith("the cut team x site has 3,000 groups and needs 6 MB; leave out team (7")
    check_size(survey.segments.astype("category"), [("site",), ("role",)], 2_000, 76_000)  # 30 and 8 groups


def test_comoments_that_were_not_kept_are_told_with_how_to_keep_them(frame, refusal):
    bare = dx.tally(frame, codebook=BOOK, comoments=False)
    with refusal("comoments=True"):
        dx.drivers(bare, "q0", ["q1", "q2"])
    with refusal("comoments=True"):
        dx.rank_pains(bare, by="team")
    kept, survey = dx.tally(frame, codebook=BOOK), dx.read_survey(frame, BOOK)
    for by in (None, "team"):
        one, two = (dx.rank_pains(source, by=by).table for source in (kept, survey))
        pd.testing.assert_frame_equal(one, two)


def test_comoments_that_need_too_much_memory_are_refused(frame, refusal):
    survey = dx.read_survey(frame, BOOK)
    with refusal("co-moments need"):
        dx.tally(survey, [], comoments=True, memory=800)


def test_more_variables_than_are_kept_unasked_are_kept_on_request(frame, monkeypatch, refusal):
    monkeypatch.setattr("dxkit.survey.tally.entry.MOST_VARIABLES", 3)
    book = book_of(("team",))
    with refusal("co-moments of 6 variables were not kept; tally with comoments=True"):
        dx.reliability(dx.tally(frame, codebook=book))
    kept = dx.reliability(dx.tally(frame, codebook=book, comoments=True)).table
    pd.testing.assert_frame_equal(kept, dx.reliability(dx.read_survey(frame, book)).table)


@pytest.fixture
def nested():
    book = worlds.codebook(segments=("division", "team"))
    book = dx.read_codebook(book.assign(within=np.where(book["item"] == "team", "division", "")))
    frame = people(160, seed=4).assign(division=["East", "West"] * 80)
    frame["team"] = np.where(frame["division"] == "East", frame["team"], frame["team"].str.replace("Team D", "Team A"))
    return frame, book


def test_teams_of_one_name_in_two_divisions_are_two(nested):
    frame, book = nested
    kept, survey = dx.tally(frame, "team", codebook=book), dx.read_survey(frame, book)
    assert list(kept.cuts) == [(), ("division", "team")]
    for source in (kept, survey):
        found = dx.scores(source, by="team")
        assert found.segments == ("division", "team")
        rows = found.table[found.table["name"] == "q0"]
        wanted = frame.groupby(["division", "team"])["q0"].count()
        assert rows.set_index(["division", "team"])["n"].to_dict() == wanted.to_dict()


def test_a_path_cut_to_its_ancestors_is_their_cut(nested):
    frame, book = nested
    one, two = (dx.tally(frame, cuts, codebook=book).cut(["division"]) for cuts in ("team", "division"))
    pd.testing.assert_frame_equal(one.groups, two.groups)
    assert one.counts.tolist() == two.counts.tolist()
    assert one.squares == pytest.approx(two.squares, rel=1e-12)


def test_a_response_rate_by_teams_adds_up_those_of_one_name(nested):
    frame, book = nested
    people = frame["team"].value_counts()
    roster = pd.DataFrame({"team": people.index, "headcount": people.to_numpy() + 10})
    table = dx.response_rate(dx.read_survey(frame, book, roster), by="team").table
    assert table.set_index("team")["responded"].to_dict() == people.to_dict()


def test_a_label_under_two_parents_is_noted_and_counts_nobody_by_name(nested):
    frame, book = nested
    frame = pd.concat([frame.assign(team="Team Z", division="East")[:60], frame[1:2].assign(team="Team Z")])
    notes = dx.tally(frame, "team", codebook=book).notes
    assert "Team Z: East (60), West (fewer than 5); correct the answers if it is one team" in notes


def test_the_counts_of_a_cut_come_out_as_a_table(frame):
    result = dx.tally(frame, codebook=BOOK).frame("team")
    assert (result.title, result.segments) == ("Counts by team", ("team",))
    table = result.table
    assert list(table) == ["team", "item", "label", "code", "count"]
    wanted = frame.groupby("team")["q1"].value_counts()
    rows = table[(table["item"] == "q1") & table["code"].notna()]
    assert rows.set_index(["team", "code"])["count"].to_dict() == wanted.to_dict()
    assert table[table["item"] == "q1"]["count"].sum() == len(frame)
    assert (table["count"] > 0).all()
    assert set(table.loc[table["code"].isna(), "label"]) == {"skipped"}


def test_surveys_and_tallies_in_a_list_are_added_up(frame):
    parts = [dx.read_survey(frame[:90].reset_index(drop=True), BOOK), dx.tally(frame[90:], codebook=BOOK)]
    same(dx.tally(parts), dx.tally(frame, codebook=BOOK))


def test_a_tally_goes_to_another_process_without_what_it_works_out_when_asked(frame):
    tally = dx.tally(frame, codebook=BOOK)
    expected = dx.scores(tally, by="team").table
    assert not {"_made", "layout", "release"} & set(tally.__getstate__())
    back = pickle.loads(pickle.dumps(tally))
    pd.testing.assert_frame_equal(dx.scores(back, by="team").table, expected)


def test_a_cut_by_what_was_not_answered_names_what_was():
    assert cuts_of([("team",), ("team", "site")], ["team", "site"], ["site"]) == [("site",), ("team", "site")]
    told = "^segment 'role' is not among the answers; they have team, site$"
    with pytest.raises(dx.DataError, match=told):
        cuts_of([("role",)], ["team", "site"], [])
    with pytest.raises(dx.DataError, match="they have none$"):
        cuts_of([("role",)], [], [])


def test_a_merged_tally_is_held_against_its_roster_once(frame):
    """Other spellings are those of the roster; 200 answers of 150 people are too many."""
    kept = dx.tally(frame.assign(site=frame["site"].str.upper()), ["team", ["team", "site"]], codebook=BOOK)
    sites = pd.DataFrame({"site": ["site 0", "site 1", "site 2"], "headcount": [300, 300, 300]})
    found = respelled(kept, read_roster(sites, ["site"]), "all.csv")
    assert found.cuts["team", "site"].groups["site"].unique().tolist() == ["site 0", "site 1", "site 2"]
    assert found.cuts["team", "site"].people.tolist() == kept.cuts["team", "site"].people.tolist()
    assert found.notes == kept.notes
    three = dx.tally(frame.assign(site=frame["site"].str.upper()), codebook=BOOK)
    again = respelled(three, read_roster(sites, ["site"]), "all.csv").cross
    assert sorted(again.groups["site"].unique()) == ["site 0", "site 1", "site 2"]
    assert again.people.tolist() == three.cross.people.tolist()
    few = read_roster(sites.assign(headcount=50), ["site"])
    with pytest.raises(dx.DataError, match="3 groups of site have more answers than headcount"):
        respelled(kept, few, "all.csv")
    (note,) = set(respelled(kept, few, "all.csv", "note").notes) - set(kept.notes)
    assert note.startswith("3 groups of site have more answers than headcount")
    missing = read_roster(sites[:2], ["site"])
    with pytest.raises(dx.DataError, match=r"^all\.csv"):
        respelled(kept, missing, "all.csv")


def test_what_was_cleaned_and_noted_of_a_survey_is_in_its_tally(frame):
    survey = replace(dx.read_survey(frame, BOOK), notes=("a note",))
    cleaned = pd.DataFrame([["odd", 3, "rule", "rows"]], columns=["what", "count", "rule", "unit"])
    kept = dx.tally(replace(survey, cleaning=cleaned))
    pd.testing.assert_frame_equal(kept.cleaning, cleaned)
    assert kept.notes == ("a note",)


def test_a_tally_of_a_survey_holds_nobody(frame):
    counted = dx.tally(dx.read_survey(frame, BOOK))
    assert type(counted) is dx.Tally
    assert counted.release.title == "What may be shown"
    assert replace(counted, wave="Q3").release.title == "What may be shown, Q3"
    assert not hasattr(counted, "coded")
    assert replace(counted, wave="Q3").wave == "Q3"


def test_a_tally_says_what_it_counts_and_refuses_to_guess_how_segments_cross(frame):
    kept = dx.tally(frame, ["team", ["site", "role"]], codebook=BOOK)
    assert repr(kept) == "Tally: 200 respondents, 6 variables, by team, site, role"
    assert repr(dx.tally(frame, [], codebook=BOOK)) == "Tally: 200 respondents, 6 variables"
    alone = replace(kept, cuts={cut: kept.cuts[cut] for cut in [(), ("team",), ("site", "role")]})
    with pytest.raises(dx.DataError) as told:
        alone.cut(["team", "role"])
    assert str(told.value) == (
        "the cut team x role is not in this tally, which has the whole, team, site x role; "
        "tally with cuts=[['team', 'role']]"
    )
    with pytest.raises(dx.DataError, match=r"tally with cuts=\['team'\]$"):
        replace(kept, cuts={(): kept.cuts[()]}).cut(["team"])


def test_a_cut_asked_for_in_another_order_shows_and_hides_the_same_groups(frame):
    kept = dx.tally(frame[:90], [["team", "site"]], codebook=BOOK)
    one, two = (dx.scores(kept, by=names).table for names in (["team", "site"], ["site", "team"]))
    assert 0 < one["estimate"].isna().sum() < len(one)
    names = ["team", "site", "name"]
    pd.testing.assert_frame_equal(*(each.sort_values(names, ignore_index=True)[one.columns] for each in (one, two)))


def test_a_cut_of_which_the_crossing_is_not_known_is_hidden(frame):
    kept = dx.tally(frame, ["team", "site"], codebook=BOOK)
    alone = replace(kept, cuts={cut: kept.cuts[cut] for cut in [(), ("team",), ("site",)]}, cross=None)
    assert alone.release.notes == (
        "the cut site is hidden: the tally does not know how it goes together with the cuts before it; tally with "
        "cuts=['site'], or the survey itself",
    )
    assert alone.release.table.index.tolist() == list(range(len(alone.release.table)))
    hidden, shown = (dx.scores(alone, by=name).table for name in ("site", "team"))
    assert hidden["estimate"].isna().all()
    assert shown["estimate"].notna().any()
    groups, may = alone.release.decisions[frozenset(["site"])]
    assert groups["site"].tolist() == ["site 0", "site 1", "site 2"]
    assert may.figure.shape == may.detail.shape == may.bound.shape == may.end.shape == (3, len(may.others))
    assert may.said.shape == (3, 6)
    assert not any(each.any() for each in (may.people, may.figure, may.detail, may.bound, may.others, may.said))
    assert np.isnan(may.end).all()


def test_the_cross_of_all_cuts_counts_what_margins_count_and_adds_up(frame):
    """It keeps codes in place of counts, each question in an order of its own, and parts of it are one."""
    survey = of_survey(dx.read_survey(frame, BOOK))
    cross, margins = survey.fine(["team", "site", "role"]), survey.cut(["team", "site", "role"]).margins
    parts = [dx.tally(part, codebook=BOOK) for part in (frame.iloc[::2], frame.iloc[1::2])]
    for each in (cross, (parts[0] + parts[1]).cross, Cross.of([cross], ["team", "site", "role"])):
        pd.testing.assert_frame_equal(each.groups, margins.groups)
        assert each.people.tolist() == margins.people.tolist()
        for i in range(len(margins.counts[0])):
            assert (each.of_item(i) == margins.of_item(i)).all()
    assert (Cross.of([cross], ["site"]).of_item(0) == survey.cut(["site"]).margins.counts[:, 0]).all()


def segments(*sizes, n=10):
    """Respondents by segments a, b, ... of so many labels each."""
    return pd.DataFrame({name: pd.Categorical(np.arange(n) % size) for name, size in zip("abc", sizes, strict=False)})


def test_the_cross_of_the_cuts_is_kept_as_far_as_it_fits():
    """Ten people at 2 bytes, six groups of a and b at 10 bytes and 8 for each label: 176; with c ten groups: 360."""
    frame, one, two, three = segments(3, 2, 7), ("a",), ("b",), ("c",)
    assert crossing(frame, [(), one, two], 2, 10, 176) == ("a", "b")
    assert crossing(frame, [(), one, two], 2, 10, 175) is None
    assert crossing(frame, [(), one, two, three], 2, 10, 360) == ("a", "b", "c")
    assert crossing(frame, [(), one, two, three], 2, 10, 359) == ("a", "b")
    assert crossing(frame, [(), ("b", "a"), one, two], 2, 10, 9_999) is None  # one of them is the cross
    assert crossing(frame, [(), one], 2, 10, 9_999) is None
    assert crossing(frame, [()], 2, 10, 9_999) is None


def test_cuts_that_do_not_fit_are_refused_with_the_largest_and_its_longest_segment():
    frame = segments(3, 2, 7)
    check_size(frame, [(), ("a", "b")], 100, 700)
    with pytest.raises(dx.DataError) as told:
        check_size(frame, [(), ("a", "b")], 100, 699)
    assert str(told.value) == "the cut a x b has 6 groups and needs 1 MB; leave out a (3 values), or raise memory="
    with pytest.raises(dx.DataError) as told:
        check_size(frame, [("b",), ("b", "c")], 2 * 10**8, 10)
    assert str(told.value) == "the cut b x c has 10 groups and needs 2.0 GB; leave out c (7 values), or raise memory="
    with pytest.raises(dx.DataError) as told:
        check_size(frame, [()], 3_400_000, 10)
    assert str(told.value) == "the whole has 1 group and needs 3 MB; raise memory="
    assert [amount(size) for size in (999_999_999, 1e9, 1_499_999, 0)] == ["1,000 MB", "1.0 GB", "1 MB", "1 MB"]


def test_a_label_in_two_parents_is_told_where_fewer_than_a_twentieth_are_in_one():
    def told(*counts, least=5):
        groups = pd.DataFrame({"division": ["B", "A", "A", "B"][: len(counts)], "team": ["Red", "Red", "Blue", "Blue"]})
        return strays(groups, np.array(counts), "team", "division", least)

    assert told(1, 19, 40, 30) == []  # a twentieth
    assert told(1, 20, 40, 30) == ["Red: B (fewer than 5), A (20); correct the answers if it is one team"]
    assert told(5, 1_200, 1, 30) == [
        "Blue: A (fewer than 5), B (30); correct the answers if it is one team",
        "Red: B (5), A (1,200); correct the answers if it is one team",
    ]
    assert told(4, 96, 30, 30, least=4) == ["Red: B (4), A (96); correct the answers if it is one team"]
