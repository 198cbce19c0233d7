"""Two waves of Spack's user survey, 2020 and 2022: every figure of the comparison beside a plain calculation."""

import pytest

import dxkit as dx
from tests.public import plain, surveys

pytestmark = pytest.mark.skipif(not surveys.FOLDER.is_dir(), reason=surveys.WHY_NOT)

FIGURES = ("n_before", "n_after", "before", "after", "estimate", "se", "low", "high", "p", "g")


def columns(item):
    """The header of a question in each wave, and the labels of its answers."""
    if item in surveys.REWORDED:
        return surveys.REWORDED[item], surveys.SPACK_SCALES["importance"]
    text, scale, _ = surveys.SPACK[item]
    return (text, text), surveys.SPACK_SCALES[scale]


def answers(item):
    """What people answered in 2020 and in 2022: from 0 to 100 where one end is good, else 1 to 5."""
    headers, labels = columns(item)
    good = surveys.SPACK.get(item, ("", "", ""))[2] == "high"
    found = []
    for year, header in zip((2020, 2022), headers, strict=True):
        given = plain.codes(plain.raw(surveys.FOLDER / f"spack_{year}.csv")[header], labels)
        found.append((given - 1) * 25 if good else given)
    return found


def test_every_change_is_that_of_welch_and_holm():
    table = surveys.change().table.set_index("name")
    assert sorted(table.index) == sorted([*surveys.SPACK, *surveys.REWORDED])
    assert surveys.change().not_compared.empty
    right = {item: plain.changed(*answers(item)) for item in table.index}
    adjusted = plain.holm([right[item]["p"] for item in table.index])
    for item, p in zip(table.index, adjusted, strict=True):
        row = table.loc[item]
        assert row["shown"]
        assert row["n_both"] == 0  # the published files have no id
        assert [row[name] for name in FIGURES] == pytest.approx([right[item][name] for name in FIGURES], rel=1e-9)
        assert row["p_adjusted"] == pytest.approx(p, rel=1e-9)
        assert row["holds"] == (p < 0.05)


def test_a_reworded_question_is_said_and_without_the_declaration_not_compared():
    for item in surveys.REWORDED:
        assert f"compared though asked in other words, as same_as says: {item}" in surveys.change().notes
    left_out = dx.compare(surveys.spack(2020), surveys.spack(2022, declared=False)).not_compared
    assert sorted(left_out["name"]) == sorted(surveys.REWORDED)
    assert left_out["why"].str.startswith("worded differently").all()


@pytest.mark.parametrize("year", [2020, 2022])
def test_every_score_and_favourable_share_of_a_wave(year):
    table = dx.scores(surveys.spack(year)).table.set_index("name")
    for item, row in table.query("level == 'item'").iterrows():
        given = answers(item)[year == 2022]
        ends = (0, 100) if row["unit"] == "index" else (1, 5)
        right = plain.scored(given, *ends)
        assert [row[name] for name in ("n", "estimate", "se", "low", "high")] == pytest.approx(right, rel=1e-9)
        if row["unit"] == "index":
            good = int((given > 50).sum())
            found = [row[f"favourable{end}"] for end in ("", "_low", "_high")]
            assert found == pytest.approx([good / len(given), *plain.wilson(good, len(given))], rel=1e-9)
        else:
            assert row[["favourable", "favourable_low", "favourable_high"]].isna().all()
