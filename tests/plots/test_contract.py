"""The contract of every picture: what its title may say, how it reads aloud, its units, colours and fonts."""

import re
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

import dxkit as dx
from dxkit.plots import fonts, style
from dxkit.results.words import say
from tests import sample
from tests.places import CASE_FILES
from tests.plots.test_survey_plots import HOSTILE, hostile, texts_outside

AGREEMENT = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
CASES = CASE_FILES / "surveys"


@pytest.fixture(scope="module")
def company():
    return sample.wave()


@pytest.fixture(scope="module")
def everything(company):
    """A result of each kind that has a picture."""
    ranking, by_team = sample.ranking(), sample.scores(by="team")
    return {
        "answers": dx.answers(company),
        "answers by": dx.answers(company, by="tenure").only(["sat_ci"]),
        "scores": sample.scores(),
        "scores by": by_team,
        "one score by": by_team.only(names=["Flow"]),
        "rate": dx.response_rate(company),
        "ranking": ranking,
        "ranking by": sample.ranking(by="team"),
        "grid": ranking.grid,
        "change": sample.change("2025-Q4"),
        "tco": sample.cost(),
        "exit": sample.leaving(),
        "card": sample.card(),
        "durations": dx.durations(["2026-01-01"] * 3, ["2026-01-03", "2026-01-05", ""], "2026-02-01", unit="days"),
        "trend": dx.trend([12, 9, 11, 14, 10, 60, 8, 11, 13, 10, 12, 9]),
    }


@pytest.fixture(scope="module")
def drawn(everything):
    """The picture of each."""
    return {name: result.plot() for name, result in everything.items()}


@pytest.fixture(scope="module")
def words(everything):
    """What each says in words."""
    return {name: result.alt() for name, result in everything.items()}


def survey(items, teams=None, **columns):
    """Answers to ratings, a list of codes for each, perhaps with a team for each person."""
    book = pd.DataFrame({"item": list(items), "text": list(items), "kind": "rating", "scale": "agreement5"})
    book = book.assign(**columns) if columns else book
    frame = pd.DataFrame(items)
    if teams is not None:
        book = pd.concat([book, pd.DataFrame([{"item": "team", "text": "Team", "kind": "segment"}])]).fillna("")
        frame["team"] = teams
    return dx.read_survey(frame, book)


def bars(axes):
    """The segments of each bar from left to right, as (left, width, colour), by the label of the bar."""
    names = [label.get_text() for label in axes.get_yticklabels()]
    found = {name: [] for name in names}
    for patch in axes.patches:
        if isinstance(patch, Rectangle) and patch.get_width() > 0 and not patch.get_hatch():
            name = names[round(patch.get_y() + patch.get_height() / 2)]
            found[name].append((patch.get_x(), patch.get_width(), plt.matplotlib.colors.to_hex(patch.get_facecolor())))
    return {name: sorted(segments) for name, segments in found.items()}


def title(axes):
    return axes.get_title(loc="left")


# what a picture says in words


def test_every_picture_says_in_two_sentences_what_it_shows(drawn, words):
    for name, said in words.items():
        assert said == drawn[name].figure.dxkit_alt, name
        assert 1 <= len(re.findall(r"[.!?](?= [A-Z]|$)", said)) <= 2, said
        heading = title(drawn[name]).replace("\n", " ")
        assert said.startswith(heading.rstrip("…")[:20]), name


def test_the_sentence_of_a_result_is_the_title_of_its_picture_and_the_first_of_its_alt_text(everything, drawn, words):
    for name, result in everything.items():
        assert title(drawn[name]).replace("\n", " ").rstrip("…") in result.sentence, name
        assert words[name].startswith(result.sentence[:1].upper() + result.sentence[1:]), name


def test_the_words_are_these(words, snapshot):
    assert words == snapshot


def test_no_words_name_a_hidden_group(everything, words):
    for name in ("scores by", "one score by", "rate", "ranking by"):
        result = everything[name]
        hidden = set(result.table.loc[~result.table["shown"], "team"]) - set(
            result.table.loc[result.table["shown"], "team"]
        )
        assert hidden or name == "ranking by"
        assert not [team for team in hidden if team in words[name]], name


def test_a_second_picture_of_a_result_has_its_own_words(everything, words):
    assert everything["tco"].plot_tornado("Port").figure.dxkit_alt.startswith("Port: most of the uncertainty")
    level = everything["scores"].alt(level="item")
    assert level != words["scores"]


# who may be named


def test_a_team_far_below_the_others_is_named_and_chance_is_not(snapshot):
    rng = np.random.default_rng(1)
    teams = np.repeat(["Red", "Blue", "Green", "Grey"], 12)
    same = rng.integers(2, 5, 48)
    low = np.where(teams == "Blue", 1, same)
    low[12] = 2
    for codes in (same, low):
        result = survey({"q": codes}, teams)
        scores, answers = dx.scores(result, by="team"), dx.answers(result, by="team")
        assert [title(scores.plot()), title(answers.plot())] == snapshot
        assert ("Blue" in title(scores.plot())) == (codes is low)
        assert ("Blue" in title(answers.plot())) == (codes is low)


def test_equal_questions_have_no_lowest_one():
    rng = np.random.default_rng(2)
    codes = {f"q{k}": rng.integers(1, 6, 60) for k in range(6)}
    for result in (dx.scores(survey(codes)), dx.answers(survey(codes))):
        assert title(result.plot()) == "No question differs from the others beyond chance"
    codes["q3"] = np.repeat([1, 2], 30)
    for result in (dx.scores(survey(codes)), dx.answers(survey(codes))):
        assert "q3" in title(result.plot())


# a bar for each item and group


def test_answers_by_group_have_a_bar_for_each_item_and_group_that_adds_up():
    rng = np.random.default_rng(3)
    result = survey(
        {"a": rng.integers(1, 6, 60), "b": [*rng.integers(1, 6, 50), *["n/a"] * 10]}, np.repeat(["X", "Y", "Z"], 20)
    )
    answers = dx.answers(result, by="team")
    drawn = bars(answers.plot())
    assert set(drawn) == {f"{item}\n{team}" for item in "ab" for team in "XYZ"}
    for name, segments in drawn.items():
        item, team = name.split("\n")
        rows = answers.table[(answers.table["item"] == item) & (answers.table["team"] == team)]
        assert sum(width for _, width, _ in segments) == pytest.approx(100)
        assert sorted(width for _, width, _ in segments) == pytest.approx(
            sorted(100 * rows.loc[rows["share"] > 0, "share"])
        )


def test_more_bars_than_one_can_read_are_refused(refusal):
    rng = np.random.default_rng(3)
    result = survey({"a": rng.integers(1, 6, 300)}, np.arange(300) % 25)
    with refusal("only"):
        dx.answers(result, by="team").plot()
    some = dx.answers(result, by="team").only(where={"team": "3"})
    assert len(bars(some.plot())) == 1


def test_hidden_groups_are_hatched_and_all_hidden_is_said():
    codes = np.random.default_rng(5).integers(1, 6, 28)
    result = survey({"a": codes}, [*"XXXXXXXXXX", *"ZZZZZZZZZZ", *"VVVVVV", *"YY"])
    axes = dx.answers(result, by="team").plot()
    shown = dx.answers(result, by="team").table.groupby("team")["shown"].first().astype(bool)
    assert sum(bool(patch.get_hatch()) for patch in axes.patches) == (~shown).sum() > 0
    few = survey({"a": [1, 2]}, ["X", "Y"])
    for hidden in (dx.answers(few), dx.answers(few, by="team"), dx.scores(few), dx.scores(few, by="team")):
        assert hidden.plot().texts[0].get_text() == say("picture.hidden")


# favourable is right and blue


def test_favourable_is_right_and_blue_also_where_low_is_good():
    codes = np.array([1, 1, 1, 2, 3, 4, 4, 5, 5, 5, 5, 5])
    book = pd.DataFrame(
        {
            "item": ["up", "down"],
            "text": ["up", "down"],
            "kind": "rating",
            "scale": ["up5", "down5"],
            "reverse": ["", "yes"],
        }
    )
    scales = pd.DataFrame(
        {
            "scale": ["up5"] * 5 + ["down5"] * 5,
            "code": [1, 2, 3, 4, 5, 5, 4, 3, 2, 1],
            "label": AGREEMENT * 2,
        }
    )
    result = dx.read_survey(pd.DataFrame({"up": codes, "down": 6 - codes}), dx.read_codebook(book, scales))
    axes = dx.answers(result).plot()
    drawn = bars(axes)
    assert drawn["up"] == drawn["down"]
    assert [colour.upper() for *_, colour in drawn["up"]] == list(style.SCALE)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == AGREEMENT


def test_a_reversed_item_of_the_same_scale_is_marked_and_turned(company):
    codes = [1, 1, 1, 2, 3, 4, 4, 5, 5, 5, 5, 5]
    axes = dx.answers(survey({"a": codes, "b": codes}, reverse=["", "yes"])).plot()
    drawn = bars(axes)
    assert set(drawn) == {"a", "(reversed) b"}
    assert [round(width, 6) for _, width, _ in drawn["(reversed) b"]] == [round(w, 6) for _, w, _ in drawn["a"]][::-1]
    assert "Strongly disagree is favourable there" in axes.get_xlabel()


# units


@pytest.mark.thorough
def test_the_axis_says_the_unit_and_best_only_for_ratings(company):
    result = sample.scores()
    of_kind = {kind: result.only(names=company.codebook.of_kind(kind)) for kind in ("rating", "importance", "hours")}
    label = {kind: scores.plot(level="item").get_xlabel() for kind, scores in of_kind.items()}
    assert "0 worst to 100 best" in label["rating"]
    assert label["importance"].startswith("importance, 0 to 100")
    assert label["hours"].startswith("hours lost a week")
    mixed = result.plot(level="item")
    assert "not drawn: 12 on importance" in mixed.get_xlabel()
    by = sample.scores(by="tenure").only(names=company.codebook.of_kind("importance")[:3]).plot(level="item")
    assert by.figure.axes[1].get_ylabel() == "importance, 0 to 100"


def test_ratings_without_a_better_end_are_not_drawn_among_those_with_one():
    """Their mean answer, 3 of 1 to 5, is no score of 3 on 0 to 100."""
    rows = [(name, name, "rating", "agreement5", "") for name in ("ci", "docs", "build")]
    rows += [("pace", "pace", "rating", "agreement5", "neither"), ("team", "team", "segment", "", "")]
    book = pd.DataFrame(rows, columns=["item", "text", "kind", "scale", "good"])
    names = ["ci", "docs", "build", "pace"]
    waves = [pd.DataFrame(dict.fromkeys(names, [*range(2, 6)] * 10) | {"team": ["A", "B"] * 20}) for _ in range(2)]
    waves[1][names] = waves[1][names].sub(1)
    earlier, later = (dx.read_survey(wave, book) for wave in waves)
    result = dx.scores(later)
    assert set(result.table["stands_out"]) == {""}
    axes = result.plot()
    assert [tick.get_text() for tick in axes.get_yticklabels()].count("pace") == 0
    assert "not drawn: 1 without a better end" in axes.get_xlabel()
    heat = dx.scores(later, by="team").plot()
    assert "pace" not in [tick.get_text() for tick in heat.get_xticklabels()]
    assert "pace" not in " ".join(text.get_text() for text in dx.compare(earlier, later).plot().texts)
    alone = dx.scores(later).only(names=["pace"]).plot()
    assert alone.get_xlabel().startswith("mean answer")


def test_all_heat_maps_have_the_same_range_of_colours():
    maps = [sample.scores(by=by).plot() for by in ("team", "tenure", "site")]
    assert {tuple(axes.figure.axes[1].get_ylim()) for axes in maps} == {(0, 100)}


# contrast


@pytest.mark.thorough
def test_marks_and_words_stand_out(everything, drawn):
    second = [everything["tco"].plot_years, everything["tco"].plot_tornado, everything["card"].plot_ranks]
    second += [everything["card"].plot_weight_ranges, everything["card"].plot_trial_plan]
    for axes in [*drawn.values(), *(draw() for draw in second)]:
        for patch in axes.patches:
            faint = patch.get_alpha() is not None and patch.get_alpha() < 0.5  # the inside of an ellipse with an edge
            if isinstance(patch, Rectangle) and patch.get_hatch() is None and patch.get_fill() and not faint:
                face = max(style.contrast(patch.get_facecolor()), style.contrast(patch.get_edgecolor()))
                assert face >= 3, (title(axes), patch)
        for line in axes.lines:
            if line.get_linestyle() != "None" or line.get_marker() not in ("None", ""):
                colour = line.get_color() if to_rgb(line.get_color()) != (1, 1, 1) else line.get_markeredgecolor()
                assert style.contrast(colour) >= 3, (title(axes), line.get_color())
                assert (line.get_alpha() or 1) == 1
        for text in axes.findobj(plt.Text):
            behind = [patch for patch in axes.patches if inside(text, patch)]
            on = behind[-1].get_facecolor() if behind else "white"
            if text.get_text().strip() and text.get_visible():
                assert style.contrast(text.get_color(), on) >= 4.5, (title(axes), text.get_text())


def inside(text, patch):
    if (
        text.axes is None
        or text not in text.axes.texts
        or not isinstance(patch, Rectangle)
        or not patch.get_fill()
        or patch.get_hatch()
    ):
        return False
    (x, y), (left, low) = text.get_position(), patch.get_xy()
    right, high = left + patch.get_width(), low + patch.get_height()
    centred = text.get_transform() == text.axes.transData and text.get_ha() in ("center", "right")
    return centred and min(left, right) <= x <= max(left, right) and min(low, high) <= y <= max(low, high)


def test_the_colours_of_a_scale_are_those_of_the_page_of_methods():
    for sides in ((1, 0, 1), (1, 1, 1), (2, 0, 2), (2, 1, 2), (2, 3, 2), (3, 1, 3), (2, 6, 2), (5, 0, 5)):
        colours = style.scale_colours(*sides)
        assert len(set(colours)) == sum(sides)
        assert min(style.contrast(colour) for colour in colours) >= 3
        assert min(style.contrast(colour, style.ink_on(colour)) for colour in colours) >= 4.5
    assert [style.ink_on(colour) for colour in style.SCALE] == ["white", "black", "black", "black", "white"]


# fonts


def japanese():
    book = pd.DataFrame({"item": ["ci"], "text": ["CIは速い"], "kind": ["rating"], "scale": ["agreement5"]})
    return dx.answers(dx.read_survey(pd.DataFrame({"ci": [1, 2, 2, 3, 4, 5] * 2}), book))


@pytest.fixture
def without_fonts(monkeypatch):
    for cached in (fonts.family_with, fonts._installed, fonts._characters):
        cached.cache_clear()
    monkeypatch.setattr(fonts, "_families", lambda: iter([fonts.BASE]))
    yield
    fonts.family_with.cache_clear()


@pytest.mark.thorough
def test_a_character_that_no_font_has_is_a_box_and_one_note_names_a_font(without_fonts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        axes = japanese().plot()
        axes.figure.canvas.draw()
    assert axes.get_yticklabels()[0].get_text() == "CI□□□"
    notes = [text.get_text() for text in axes.figure.findobj(plt.Text) if "Noto Sans CJK" in text.get_text()]
    assert len(notes) == 1
    assert notes[0].endswith("□: no installed font has this character; install Noto Sans CJK")
    assert japanese().alt().startswith("CIは速い")
    assert texts_outside(axes) == []


def test_an_installed_font_draws_what_the_first_one_lacks(without_fonts, monkeypatch):
    monkeypatch.setattr(fonts, "_families", lambda: iter([fonts.BASE, "Some Gothic"]))
    monkeypatch.setattr(fonts, "_characters", lambda name: {ord("A")} if name == fonts.BASE else {ord("速")})
    assert fonts.families_for("A 速") == ["DejaVu Sans", "Some Gothic"]
    assert fonts.families_for("A") == ["DejaVu Sans"]


def test_the_font_of_last_resort_is_never_used():
    assert not [name for name in fonts._installed() if "last resort" in name.lower()]


def test_japanese_labels_are_drawn_or_told_without_a_warning(caplog):
    result = dx.answers(dx.open_survey(CASES / "13_japanese" / "responses_1.csv"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        axes = result.plot()
        assert texts_outside(axes) == []
    assert not caplog.records
    drawn = axes.get_yticklabels()[0]
    assert drawn.get_text() == ("CIは速い" if fonts.family_with("速") else "CI□□□")


@pytest.mark.parametrize(
    ("character", "font"),
    [("速", "CJK"), ("ひ", "CJK"), ("한", "CJK KR"), ("ก", "Thai"), ("🫠", "Emoji")],
)
def test_a_note_names_the_font_of_a_script(character, font):
    assert fonts.to_install({character}) in (f"Noto Sans {font}", f"Noto {font}")


# one's own Axes


@pytest.mark.thorough
def test_dollars_in_labels_do_not_break_ones_own_axes():
    result = hostile()
    questions = dx.scores(result).only(level="item")
    for drawn in (dx.answers(result), questions, dx.scores(result, by="team")):
        figure, axes = plt.subplots(figsize=(9, 6), layout="constrained")
        axes.plot([0, 1])
        drawn.plot(axes)
        figure.canvas.draw()
    assert HOSTILE[0] in [label.get_text() for label in dx.answers(result).plot(plt.subplots()[1]).get_yticklabels()]


def test_a_dark_style_is_drawn_as_on_paper():
    with plt.style.context("dark_background"):
        result = dx.scores(survey({"a": [1, 2, 3, 4, 5, 5]}))
        for axes in (result.plot(level="item"), result.plot(plt.subplots()[1], level="item")):
            for colour in (axes.get_facecolor(), axes.figure.get_facecolor()):
                assert to_rgb(colour) == (1, 1, 1)
            words = [text for text in axes.findobj(plt.Text) if text.get_text()]
            assert min(style.contrast(text.get_color()) for text in words) >= 4.5
            assert style.contrast(axes.spines["left"].get_edgecolor()) >= 3


def test_two_pictures_on_one_figure_are_both_described():
    result = dx.scores(survey({"a": [1, 2, 3, 4, 5, 5] * 2}))
    figure, (one, two) = plt.subplots(2)
    result.plot(one, level="item")
    dx.answers(survey({"a": [1, 2, 3, 4, 5, 5] * 2})).plot(two)
    assert figure.dxkit_alt.count("A, 5") + figure.dxkit_alt.count("A: ") == 2


def test_a_file_name_instead_of_axes_says_what_was_expected(refusal):
    with refusal("Axes"):
        dx.scores(survey({"a": [1, 2, 3, 4, 5, 5]})).plot("x.png")


def test_options_of_several_are_bars_of_their_share():
    book = pd.DataFrame({"item": ["use"], "text": ["Which do you use?"], "kind": ["multi"], "scale": ["tools"]})
    scales = pd.DataFrame({"scale": "tools", "code": [1, 2, 3], "label": ["Slack", "Teams", "No"]})
    cells = ["Slack, Teams"] * 6 + ["Teams"] * 6 + ["Slack"] * 2 + ["No"] * 14
    result = dx.answers(dx.read_survey(pd.DataFrame({"Which do you use?": cells}), dx.read_codebook(book, scales)))
    axes = result.plot()
    widths = {name: segments[0][1] for name, segments in bars(axes).items()}
    assert widths == pytest.approx({"Slack": 28.5714, "Teams": 42.8571, "No": 50}, abs=1e-3)
    assert title(axes) == "Which do you use: none is ahead of the others, 29% to 50%"
    assert axes.get_xlabel().startswith("share of all who answered")


@pytest.mark.parametrize("words", [("Yes", "No"), ("y", "n"), ("True", "False")])
def test_of_yes_and_no_only_the_share_of_yes_is_drawn(words):
    yes, no = words
    book = pd.DataFrame({"item": ["ci", "tests"], "text": ["CI?", "Tests?"], "kind": "choice", "scale": "yesno"})
    answers = pd.DataFrame({"ci": [yes] * 6 + [no] * 14, "tests": [yes] * 15 + [no] * 3 + [""] * 2})
    axes = dx.answers(dx.read_survey(answers, book)).plot()
    widths = {name: segments[0][1] for name, segments in bars(axes).items()}
    assert widths == pytest.approx({"CI?": 30, "Tests?": 100 * 15 / 18})
    assert title(axes) == "Yes: most often Tests?, 83%"
    groups = pd.DataFrame({"item": ["team"], "text": ["Team"], "kind": ["segment"], "scale": [""]})
    split = dx.read_survey(answers.assign(team=["A"] * 10 + ["B"] * 10), pd.concat([book, groups]))
    assert set(bars(dx.answers(split, by="team").plot())) == {"CI?\nA", "CI?\nB", "Tests?\nA", "Tests?\nB"}
