"""A saved tally comes back as it was; a file that is none is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import dxkit as dx
from dxkit.statistics.internal_consistency import fourth_moments
from dxkit.survey.tally.files import storage
from dxkit.survey.tally.files.kept import _semidefinite, kept
from dxkit.survey.tally.files.laws import broken
from dxkit.survey.tally.questions import Held, Questions
from tests.laws import examples
from tests.survey.tally.test_from_csv import PLAIN, either
from tests.survey.tally.test_tally import same, sited, tallied

LOG = ["what", "count", "rule", "unit"]


@examples(15)
@given(sited)
@pytest.mark.thorough
def test_what_a_file_holds_it_gives_back(tmp_path_factory, frame):
    path, tally = tmp_path_factory.mktemp("saved") / "a.tally", tallied(frame)
    if tally.respondents < 5:
        with pytest.raises(dx.DataError, match="nothing of them may be kept"):
            tally.save(path)
        return
    tally.save(path, by="team")
    back, held = dx.Tally.load(path), kept(tally, ["team"])
    same(back, held, 0)
    for cut, margins in held.cuts.items():
        assert all(getattr(margins, name).dtype == getattr(back.cuts[cut], name).dtype for name in ("people", "counts"))
        assert (margins.people == 0).all() or margins.people.min() >= (5 if not cut else 10)
    assert back.notes == tally.notes
    assert dx.Tally.load(path).respondents == tally.respondents


def saved(path, tmp_path):
    frame = pd.DataFrame({"team": ["Blue", "Green"] * 40, "ci": [1, 2, 4, np.nan] * 20})
    tally = dx.tally(frame, codebook=PLAIN, roster=pd.DataFrame({"team": ["Blue", "Green"], "headcount": [60, 50]}))
    tally.save(tmp_path / path)
    return tally


def test_a_saved_tally_comes_back_and_scores_alike(tmp_path):
    tally = saved("ours.tally", tmp_path)
    back = dx.Tally.load(tmp_path / "ours.tally")
    same(back, kept(tally), 0)
    assert dx.scores(back).table["estimate"].tolist() == pytest.approx(dx.scores(tally).table["estimate"].tolist())
    assert (back + back).respondents == 120
    assert (tmp_path / "ours.tally").stat().st_size < 20_000


def test_a_damaged_or_foreign_tally_is_refused(tmp_path, refusal):
    saved("ours.tally", tmp_path)
    data = (tmp_path / "ours.tally").read_bytes()
    rng = np.random.default_rng(1)
    for _ in range(60):
        place = int(rng.integers(len(data)))
        (tmp_path / "bad.tally").write_bytes(data[:place] + bytes([data[place] ^ 85]) + data[place + 1 :])
        back = either(lambda: dx.Tally.load(tmp_path / "bad.tally"))
        if isinstance(back, str):
            assert back.startswith("bad.tally: ")
        else:  # the change was in what zip keeps beside the arrays
            same(back, dx.Tally.load(tmp_path / "ours.tally"), 0)
    (tmp_path / "bad.tally").write_text("no tally")
    with refusal():
        dx.Tally.load(tmp_path / "bad.tally")


def test_tallies_of_other_codebooks_do_not_pool(tmp_path, refusal):
    saved("ours.tally", tmp_path)
    other = dx.read_codebook(PLAIN.items.assign(scale=["", "agreement7"]))
    with refusal():
        dx.Tally.load(tmp_path / "ours.tally") + dx.tally(pd.DataFrame({"team": ["Blue"], "ci": [7]}), codebook=other)


def test_thousands_of_teams_are_a_small_file(tmp_path):
    rng = np.random.default_rng(0)
    names = [f"q{k}" for k in range(10)]
    book = pd.DataFrame({"item": names, "kind": "rating", "scale": "agreement5"}).assign(text=names)
    book.loc[10] = ["team", "segment", "", "team"]
    frame = pd.DataFrame(rng.integers(1, 6, (3_000, 10)), columns=names).assign(team=rng.integers(0, 1_000, 3_000))
    tally = dx.tally(frame.astype({"team": str}), codebook=book)
    tally.save(tmp_path / "a.tally")
    assert (tmp_path / "a.tally").stat().st_size < 40_000
    same(dx.Tally.load(tmp_path / "a.tally"), kept(tally), 0)


def test_groups_below_twice_the_minimum_are_one_and_a_cut_that_is_not_declared_is_refused(tmp_path, refusal):
    teams = ["A"] * 30 + ["B"] * 12 + ["C"] * 4 + ["D"] * 7
    frame = pd.DataFrame({"team": teams, "ci": [*([1, 2, 3, 4, 5] * 10), 2, 3, 4]})
    book = PLAIN.items.assign(scale=["", "agreement5"])
    tally = dx.tally(frame, codebook=dx.read_codebook(book))
    tally.save(tmp_path / "a.tally", by="team")
    groups = dx.Tally.load(tmp_path / "a.tally").cuts[("team",)]
    assert dict(zip(groups.groups["team"], groups.people.tolist(), strict=True)) == {"A": 30, "B": 12, "(others)": 11}
    with refusal():
        dx.tally(frame, [], codebook=dx.read_codebook(book)).save(tmp_path / "b.tally", by="team")


@pytest.mark.parametrize("forged", ["count", "few", "pairs", "together", "min_group"])
def test_a_forged_tally_is_told_by_the_law_that_it_breaks(tmp_path, refusal, forged):
    frame = pd.DataFrame({"team": ["A"] * 15 + ["B"] * 15, "ci": [1, 2, 3, 4, 5] * 6})
    tally = kept(dx.tally(frame, codebook=dx.read_codebook(PLAIN.items.assign(scale=["", "agreement5"]))), ["team"])
    margins = tally.cuts[("team",)]
    if forged == "count":
        margins.counts[0, 0, 0] += 1
    elif forged == "few":
        margins.people[0], margins.counts[0] = 2, 0
        margins.counts[0, 0, 0] = 2
    elif forged == "pairs":
        tally.comoments.pairs[0, 0] = -1
    elif forged == "together":
        tally.comoments.products[0, 0] = -10
    else:
        tally = replace(tally, min_group=2)
    storage.write(tmp_path / "a.tally", *storage.parts_of(tally))
    with refusal():
        dx.Tally.load(tmp_path / "a.tally")


def test_a_weighted_file_holds_one_figure_of_the_same_answers(tmp_path):
    """Other people with the same weighted answers are the same file: counts beside them would tell of the few."""
    book = dx.read_codebook(PLAIN.items.assign(scale=["", "agreement5"]))
    teams = ["Blue"] * 30 + ["Green"] * 15
    roster = pd.DataFrame({"team": ["Blue", "Green"], "headcount": [60, 60]})  # who is green counts twice as much
    one = [1, 2, 3, 4, 5] * 6 + [1, 2, 3, 4, 5] * 3
    two = list(one)
    two[0] = two[5] = 2  # two of Blue say 2 in place of 1, and one of Green says 1 in place of 2
    two[31] = 1
    frames = [pd.DataFrame({"team": teams, "ci": ci}) for ci in (one, two)]
    weighted = [np.bincount(frame["ci"], np.where(frame["team"] == "Blue", 2, 4)) for frame in frames]
    assert (weighted[0] == weighted[1]).all()
    files = [kept(dx.tally(frame, codebook=book, roster=roster)) for frame in frames]
    same(*files, 0)
    counts = files[0].cuts[()].counts[0, 0, :5]
    assert counts.sum() == 45
    assert counts / 45 == pytest.approx(weighted[0][1:] / weighted[0].sum(), abs=1 / 45)
    assert not np.any(files[0].comoments.sums - files[1].comoments.sums)


def test_how_questions_go_together_can_be_that_of_answers_also_where_many_are_blank():
    rng = np.random.default_rng(2)
    names = [f"q{k}" for k in range(12)]
    book = pd.DataFrame({"item": names, "kind": "rating", "scale": "agreement5"}).assign(text=names)
    frame = pd.DataFrame(rng.integers(1, 6, (60, 12)), columns=names).where(rng.random((60, 12)) < 0.6)
    found = kept(dx.tally(frame, codebook=book, min_group=3)).comoments
    cross = np.nan_to_num(found.products - found.sums * found.sums.T / np.where(found.pairs > 0, found.pairs, np.nan))
    assert np.linalg.eigvalsh(cross)[0] >= -1e-9 * np.trace(cross)
    assert np.isfinite(found.products).all()


def test_correlations_that_no_answers_have_become_the_nearest_that_some_have():
    """Three pairs at -1: half of it is the most that three can be against each other. The variances stay."""
    sd, against = np.array([1.0, 2, 3]), 2 * np.eye(3) - 1
    assert _semidefinite(against * np.outer(sd, sd)) == pytest.approx((1.5 * np.eye(3) - 0.5) * np.outer(sd, sd))
    whole = np.outer(sd, sd)
    assert _semidefinite(whole) is whole
    never = np.zeros((4, 4))
    never[:3, :3] = against
    assert _semidefinite(never)[:3, :3] == pytest.approx(1.5 * np.eye(3) - 0.5)
    assert not _semidefinite(never)[3].any()


SUMMED = dx.read_codebook(
    pd.DataFrame(
        [
            ["team", "Your team", "segment", "", "", ""],
            ["ci", "CI is fast", "rating", "agreement5", "builds", "CI"],
            ["tests", "Tests are fast", "rating", "agreement5", "builds", "CI"],
            ["lost", "Hours lost", "hours", "hours", "", "CI"],
        ],
        columns=["item", "text", "kind", "scale", "dimension", "topic"],
    )
)


def summed(n=40):
    lost = np.resize([0.5, 2, 7, 1, 3, 12.25], n)
    ci, tests = np.resize([1, 2, 3, 4, 5], n), np.resize([2, 2, 3, 5, 4, 1, 3], n)
    frame = pd.DataFrame({"team": np.resize(["A", "B"], n), "ci": ci, "tests": tests, "lost": lost})
    return replace(dx.tally(frame, codebook=SUMMED, wave="Q3"), comment_group=12)


def test_a_weighted_file_keeps_how_many_answered_and_how_many_skipped():
    """B counts twice as much, and ten of its fifteen skipped a question: 30 + 5 answered, whatever they count."""
    teams, answers = ["A"] * 30 + ["B"] * 15, [1, 2, 3, 4, 5] * 9
    frame = pd.DataFrame({"team": teams, "ci": [*answers[:35], *[np.nan] * 10], "tests": answers, "lost": answers})
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [60, 60]})
    whole = kept(dx.tally(frame, codebook=SUMMED, roster=roster)).cuts[()]
    assert whole.counts[0, 0].tolist() == [7, 7, 7, 7, 7, 0, 0, 10, 0]
    assert whole.counts[0, 1].tolist() == [9, 9, 9, 9, 9, 0, 0, 0, 0]
    assert (whole.people.tolist(), whole.weighted) == ([45], True)
    # hours: the weighted mean is 3 as well, and the squares about it are those of the 45 people
    assert whole.sums[0, 0] == pytest.approx([45, 45 * 3, 9 * (1 + 4 + 9 + 16 + 25)])


def _set(name, at, value):
    """A change of an array of a cut, or of the co-moments."""

    def change(tally):
        held = tally.comoments if name in ("pairs", "together", "products") else tally.cuts[("team",)]
        getattr(held, {"together": "sums"}.get(name, name))[at] = value
        return tally

    return change


def _with(**changed):
    return lambda tally: replace(tally, **changed)


def _margins(**changed):
    return lambda tally: replace(tally, cuts={**tally.cuts, ("team",): replace(tally.cuts[("team",)], **changed)})


def _by(change, *names):
    def changed(tally):
        margins = tally.cuts[("team",)]
        return _margins(**{name: change(getattr(margins, name)) for name in names})(tally)

    return changed


def _moved(tally):
    """A person of one group counted in the other."""
    margins = tally.cuts[("team",)]
    margins.people[0] += 1
    margins.counts[0, [0, 1, 2], [0, 0, margins.counts[0, 2].argmax()]] += 1
    return tally


def _few(tally):
    margins = tally.cuts[("team",)]
    margins.counts[0] = 0
    margins.counts[0, :, 0] = 4
    margins.counts[0, :, 5:][:, 1] = margins.people[0] - 4
    return tally


def _answers_of(n, total, squares):
    def change(tally):
        tally.cuts[("team",)].sums[1, 0] = n, total, squares
        return tally

    return change


@pytest.mark.parametrize(
    ("change", "law"),
    [
        (_with(min_group=1), "min_group is 1, not a whole number from 3 to 1,000"),
        (_with(min_group=1_001), "min_group is 1001, not a whole number from 3 to 1,000"),
        (_with(min_group=True), "min_group is True, not a whole number from 3 to 1,000"),
        (_with(cuts={}), "everybody together is missing"),
        (_by(lambda each: each[:1], "people"), "cut team: people have another shape than the codebook says"),
        (_by(lambda each: each[:, :, 1:], "counts"), "cut team: counts have another shape than the codebook says"),
        (_by(lambda each: each[:, :, 1:], "sums"), "cut team: sums have another shape than the codebook says"),
        (_set("sums", (0, 0, 1), np.nan), "cut team: sums hold something other than numbers"),
        (
            _by(lambda groups: groups.assign(team="A"), "groups"),
            "cut team: labels of groups are not texts, each another",
        ),
        (
            _by(lambda groups: groups.assign(team=[1, 2]), "groups"),
            "cut team: labels of groups are not texts, each another",
        ),
        (_set("counts", (1, 1, 0), -1), "cut team: a count below 0, group B, question tests"),
        (_set("people", 1, -1), "cut team: a count below 0, group B"),
        (_set("counts", (1, 0, 2), 9), "cut team: counts do not add up to the people, group B, question ci"),
        (_few, "cut team: fewer than 5 answers, group A, question ci"),
        (_moved, "cut team: its people do not add up to everybody"),
        (_answers_of(21, 90, 700), "cut team: answers that are no count of its people, group B"),
        (_answers_of(-1, 90, 700), "cut team: answers that are no count of its people, group B"),
        (_answers_of(19.5, 90, 700), "cut team: answers that are no count of its people, group B"),
        (_answers_of(4, 10, 40), "cut team: fewer than 5 answers, group B"),
        (_answers_of(20, -200, 2200), "cut team: a sum that no answers have, group B"),
        (_answers_of(0, 1, 0), "cut team: a sum that no answers have, group B"),
        (_answers_of(0, 0, 1), "cut team: a sum that no answers have, group B"),
        (_answers_of(20, 100, 499), "cut team: a sum that no answers have, group B"),
        (_answers_of(20, 20 * 169, 20 * 169**2), "cut team: a sum that no answers have, group B"),
        (_answers_of(20, 10, 20 * 169**2), "cut team: a sum that no answers have, group B"),
        (_by(lambda each: each[:1], "groups"), "cut team: people have another shape than the codebook says"),
        (_set("products", (0, 1), np.inf), "co-moments: they hold something other than numbers"),
        (_set("products", (0, 1), 999.0), "co-moments: they are not symmetric"),
        (_set("pairs", (0, 1), 39), "co-moments: they are not symmetric"),
        (_set("pairs", slice(None), 0.5), "co-moments: more answered two questions than one of them"),
        (_set("products", (0, 0), -10.0), "co-moments: they are not positive semidefinite"),
        (
            _with(complete={"builds": np.zeros((4, 4))}),
            "dimension builds: its sums are of another size, or not numbers",
        ),
        (
            _with(complete={"builds": np.full((5, 5), np.nan)}),
            "dimension builds: its sums are of another size, or not numbers",
        ),
        (_answers_of(20, 100, 700), ""),
        (_answers_of(5, 25, 175), ""),
        (_answers_of(20, 20 * 168.0, 20 * 168.0**2), ""),
        (_with(min_group=3), ""),
    ],
)
def test_every_law_of_counts_is_told_with_its_place(change, law):
    tally = kept(summed(), ["team"])
    assert broken(tally) == ""
    told = broken(change(tally))
    assert told.startswith(law)
    assert bool(told) == bool(law)


def test_a_file_with_weights_below_0_is_told():
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [60, 90]})
    frame = pd.DataFrame(
        {"team": np.resize(["A", "B"], 40), "ci": np.resize([1, 2, 3, 4, 5], 40), "tests": 3, "lost": 1}
    )
    tally = kept(dx.tally(frame, codebook=SUMMED, roster=roster), ["team"])
    assert broken(tally) == ""
    tally.cuts["team",].weighted_counts[0, 0, 0, 0] *= -1
    assert broken(tally) == "cut team: a weight below 0"


def test_all_of_a_tally_comes_back_from_its_file(tmp_path):
    tally = replace(summed(), notes=("a note",), cleaning=pd.DataFrame([["odd", 3, "rule", "rows"]], columns=LOG))
    tally = replace(tally, codebook=replace(tally.codebook, notes=("a note of the codebook",)))
    tally.save(tmp_path / "a.tally", by="team")
    back, held = dx.Tally.load(tmp_path / "a.tally"), kept(tally, ["team"])
    same(back, held, 0)
    assert (back.wave, back.notes, back.min_group, back.comment_group) == ("Q3", ("a note",), 5, 12)
    assert (back.roster, back.declared) == (None, (("team",),))
    assert back.cleaning.to_numpy().tolist() == [["odd", 3, "rule", "rows"]]
    assert back.codebook.notes == ("a note of the codebook",)
    assert back.codebook.items.equals(tally.codebook.items.astype(object))
    assert repr(back.codebook.scales) == repr(tally.codebook.scales)
    assert list(back.complete) == ["builds"]
    assert back.complete["builds"].tolist() == tally.complete_of("builds").tolist()
    assert back.complete["builds"][0, 0] == 40
    points = np.column_stack([np.resize([0, 25, 50, 75, 100], 40), np.resize([25, 25, 50, 100, 75, 0, 50], 40)]) - 50
    assert back.complete["builds"] == pytest.approx(fourth_moments(points))
    one, two = (dx.scores(each, by="team").table["estimate"] for each in (back, tally))
    assert one.tolist() == pytest.approx(two.tolist())


def test_alpha_of_a_file_needs_twice_the_minimum_who_answered_all():
    assert not kept(summed(9)).complete["builds"].any()
    assert kept(summed(10)).complete["builds"].any()
    frame = pd.DataFrame({"ci": [1, 2, 3, 4, 5] * 8, "tests": [*[2, 5, 3, 4] * 9, *[np.nan] * 4]})
    assert not kept(dx.tally(frame.assign(team="A", lost=1.0), codebook=SUMMED)).complete["builds"].any()


@pytest.mark.parametrize("changed", [{"favourable": frozenset({5.0})}, {"hi": 6.0}, {"lo": 0.0}, {"codes": (1.0, 5.0)}])
def test_tallies_of_one_scale_that_means_another_thing_do_not_pool(changed):
    one, book = summed(), SUMMED
    other = replace(book, scales={**book.scales, "agreement5": replace(book.scales["agreement5"], **changed)})
    with pytest.raises(dx.DataError) as told:
        one + replace(one, codebook=other)
    assert str(told.value) == ("these tallies cannot be added: item ci has another scale; item tests has another scale")
    texts = book.items.assign(text=[f"{text}!" for text in book.items["text"]])
    assert (one + replace(one, codebook=replace(book, items=texts))).respondents == 80


def test_what_two_tallies_say_is_added_up():
    one, two = replace(summed(), notes=("a", "b"), comment_group=12), replace(summed(30), notes=("b", "c"), wave="Q4")
    both = one + two
    assert (both.notes, both.wave, both.comment_group, both.respondents) == (("a", "b", "c"), "", 12, 70)
    assert (one + one).wave == "Q3"
    assert both.complete_of("builds").tolist() == pytest.approx(one.complete_of("builds") + two.complete_of("builds"))
    for name in ("pairs", "sums", "products"):
        total = getattr(one.comoments, name) + getattr(two.comoments, name)
        assert getattr(both.comoments, name) == pytest.approx(total)
    assert (one + replace(two, comoments=None)).comoments is None
    assert both.cuts["team",].people.tolist() == [35, 35]
    many = dx.Tally.merged(summed() for _ in range(20))
    assert (many.respondents, many.cuts["team",].people.tolist()) == (800, [400, 400])
    alone = [replace(summed(), cuts={(name,): one.cuts["team",]}, declared=()) for name in ("team", "site")]
    with pytest.raises(dx.DataError, match="^these tallies cannot be added: no cut is in all of them; tally both with"):
        dx.Tally.merged(alone)
    with pytest.raises(dx.DataError, match="^there is nothing to add up: no tally came$"):
        dx.Tally.merged([])
    with pytest.raises(dx.DataError, match=r"^tallies=5: give a list of tallies, from dx\.tally or Tally\.load$"):
        dx.Tally.merged(5)
    with pytest.raises(dx.DataError, match="^tallies=1: give tallies and nothing else$"):
        dx.Tally.merged([one, 1])
    apart = [replace(summed(), cuts={cut: summed().cuts[cut]}, comoments=None) for cut in [("team",)]]
    assert (apart[0] + replace(summed(), comoments=None)).respondents == 80


def test_with_weights_in_a_file_the_heaviest_person_is_at_most_the_root_of_the_squares():
    """Two groups: of weights of 2 worth 4 answers, at most 2 x 2 of 2 x 4 + 1; of a group without answers all."""
    roster = pd.DataFrame({"team": ["A", "B"], "headcount": [60, 90]})
    frame = pd.DataFrame({"team": np.resize(["A", "B"], 40), "ci": np.resize([1, 2, 3, 4, 5], 40)})
    whole = dx.tally(frame.assign(tests=3, lost=1), codebook=SUMMED, roster=roster)
    held = Held(np.array([4, 1, 0]), np.array([2.0, 1, 0]), np.array([4.0, 1, 0]), np.zeros(3), np.empty((3, 0)))
    files = kept(replace(whole, roster=None)), kept(whole)
    found = [Questions(each, each.cuts[()]).heaviest(held, np.array([0, 0, 1]), 2).tolist() for each in files]
    assert found == [pytest.approx([1 / 9, 1.0]), pytest.approx([4 / 9, 1.0])]


def test_a_changed_array_a_later_version_and_a_foreign_file_are_told_apart(tmp_path):
    path = tmp_path / "a.tally"

    def told(facts=(), **changed):
        storage.write(path, {"a": 1, **dict(facts)}, {"people": np.arange(3)})
        if changed:
            with np.load(path) as opened:
                arrays = {**opened, **changed}
            with path.open("wb") as stream:
                np.savez_compressed(stream, **arrays)
        return either(lambda: storage.read(path))

    assert told(people=np.arange(4)) == "a.tally: the tally is damaged: its digest does not fit; fetch it again"
    assert told({"version": 9}).startswith("a.tally: the tally is of version 9, this dxkit reads 5; install a newer")
    assert told({"kind": "x"}) == "a.tally: this file is not a tally; write one with tally.save"
    facts, arrays = told()
    assert (facts["a"], arrays["people"].tolist(), list(arrays)) == (1, [0, 1, 2], ["people"])


def test_a_group_is_kept_by_how_many_answered_and_not_by_what_their_hours_add_up_to():
    lost = np.where(np.arange(40) % 2, 0.25, 7.0)  # those of B add up to 5 hours
    frame = pd.DataFrame({"team": np.resize(["A", "B"], 40), "ci": np.resize([1, 2, 3, 4, 5], 40), "tests": 3})
    frame["lost"] = np.where(np.arange(40) == 1, 0.5, lost)
    groups = kept(dx.tally(frame, codebook=SUMMED), ["team"]).cuts["team",]
    assert dict(zip(groups.groups["team"], groups.people.tolist(), strict=True)) == {"A": 20, "B": 20}


def test_counts_are_titled_by_their_segments():
    assert [summed().frame(by).title for by in ((), ("team",))] == ["Counts", "Counts by team"]
