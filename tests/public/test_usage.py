"""How often people use Dask, 2019 and 2020: a question that is neither good nor bad is counted and never scored."""

import pytest

import dxkit as dx
from tests.public import plain, surveys

pytestmark = pytest.mark.skipif(not surveys.FOLDER.is_dir(), reason=surveys.WHY_NOT)

TEXT = "How often do you use Dask?"
RESOURCES = "What Dask resources have you used for support in the last six months?"


def of_year(year):
    file = plain.raw(surveys.FOLDER / f"dask_{year}.csv")
    return file[(file != "").any(axis=1)]


def request(year, k):
    header = f"What common feature requests do you care about most?  [{surveys.REQUESTS[k]}]"
    return plain.codes(of_year(year)[header], surveys.WANTED)


@pytest.mark.parametrize("year", [2019, 2020])
@pytest.mark.parametrize(
    ("item", "text", "labels"),
    [("use", TEXT, surveys.USE), ("help", "Which would help you most right now?", surveys.HELP)],
)
def test_every_share_of_one_answer(item, text, labels, year):
    table = dx.answers(surveys.dask(year)).only([item]).table
    given = of_year(year)[text]
    n = int((given != "").sum())
    assert table["label"].tolist() == list(labels)
    for row in table.itertuples():
        count = int((given == row.label).sum())
        assert (row.shown, row.count, row.answered) == (True, count, n)
        assert [row.share, row.low, row.high] == pytest.approx([count / n, *plain.wilson(count, n)], rel=1e-9)


def test_it_has_a_mean_answer_and_no_score():
    row = dx.scores(surveys.dask(2020)).table.set_index("name").loc["use"]
    right = plain.scored(plain.codes(of_year(2020)[TEXT], surveys.USE), 1, 4)
    assert [row[name] for name in ("n", "estimate", "se", "low", "high")] == pytest.approx(right, rel=1e-9)
    assert row["unit"] == "code"
    assert row[["favourable", "favourable_low", "favourable_high"]].isna().all()
    assert set(dx.scores(surveys.dask(2020)).table["level"]) == {"item"}  # no dimension and no whole that it is part of
    with pytest.raises(dx.Missing):
        dx.rank_pains(surveys.dask(2020))
    axes = surveys.usage(2020).plot()
    assert "best" not in axes.get_xlabel()
    assert "favourable" not in surveys.usage(2020).alt()


def test_every_change_since_the_year_before():
    table = surveys.dask_change().table.set_index("name")
    use = [plain.codes(of_year(year)[TEXT], surveys.USE) for year in (2019, 2020)]
    right = {"use": plain.changed(*use)}
    for k in range(len(surveys.REQUESTS)):
        right[f"request{k}"] = plain.changed(request(2019, k), request(2020, k))
    assert sorted(table.index) == sorted(right)
    for name in table.index:
        figures = right[name]
        assert [table.loc[name, each] for each in figures] == pytest.approx(list(figures.values()), rel=1e-9, abs=1e-12)
    adjusted = plain.holm([right[name]["p"] for name in table.index])
    assert table["p_adjusted"].tolist() == pytest.approx(adjusted.tolist(), rel=1e-9)
    assert not table["holds"].any()


def test_a_question_whose_options_changed_is_not_compared():
    left_out = surveys.dask_change().not_compared
    options = {option for row in surveys.RESOURCES.values() for option in row}
    assert set(left_out["name"]) == {f"resources[{option}]" for option in options}
    assert set(left_out["why"]) == {
        *("the options of resources changed", "only in the earlier wave", "only in the later wave")
    }


@pytest.mark.parametrize("year", [2019, 2020])
def test_every_share_of_a_question_with_several_answers(year):
    table = dx.answers(surveys.dask(year)).table
    table = table[table["item"].str.startswith("resources[")]
    given = of_year(year)[RESOURCES]
    given = given[given != ""]
    chosen = given.str.split(";").map(lambda options: {option.strip() for option in options})
    for row in table.itertuples():
        option = row.item.removeprefix("resources[").removesuffix("]")
        known = set(surveys.RESOURCES[year])
        count = sum(bool(each - known) if option == "(not in the codebook)" else option in each for each in chosen)
        assert (row.shown, row.count, row.answered) == (True, count, len(given))
        assert [row.share, row.low, row.high] == pytest.approx(
            [count / len(given), *plain.wilson(count, len(given))], rel=1e-9
        )
