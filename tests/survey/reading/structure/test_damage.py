"""Whatever happens to a structure file, the answer is a structure or a message, and never a bare traceback."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dxkit.files.errors import DataError
from dxkit.survey.reading.structure import qualtrics
from dxkit.survey.reading.structure.model import Structure
from dxkit.survey.reading.structure.plain_text import plain
from dxkit.survey.reading.structure.registry import READERS, read_structure
from tests.survey.reading.structure.test_limesurvey import ASKED
from tests.survey.reading.structure.writers import lss, qsf, question, txt, xlsform


def _qsf(folder):
    return qsf(
        folder,
        [
            question("Q1", "MC", "MAVR", "Use?", ["CI", {"Display": "Other", "TextEntry": "true"}]),
            question("Q2", "Matrix", "Likert", "How?", ["CI"], ["Bad", "Good"], RecodeValues={"1": "2", "2": "1"}),
            question("Q3", "TE", "ML", "<p>Why?</p>"),
        ],
    )


def _sav(folder):
    from tests.survey.reading.structure.test_statistics_file import sav

    return sav(folder)


def _xlsform(folder):
    rows = [{"type": "select_one yn", "name": "a", "label": "A?"}, {"type": "text", "name": "b", "label": "B?"}]
    return xlsform(folder, rows, [("yn", "1", "Yes")])


MAKERS = {
    ".qsf": _qsf,
    ".lss": lambda folder: lss(folder, ASKED, languages=("en", "de")),
    ".txt": lambda folder: txt(folder, ASKED, languages=("en", "de")),
    ".xlsx": _xlsform,
}
every_kind = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def survives(path):
    """A structure whose columns and texts are text, or a refusal that names the file."""
    try:
        found = read_structure(path)
    except DataError as error:
        if path.name not in str(error):
            raise
        return
    assert isinstance(found, Structure)
    assert "questions from" in repr(found)
    for one in found.questions:
        assert all(isinstance(header, str) and header for header in one.columns())
        assert isinstance(one.text, str)


@every_kind
def test_a_file_cut_short_anywhere(tmp_path, make):
    path = make(tmp_path)
    data = path.read_bytes()
    for end in range(0, len(data), max(len(data) // 60, 1)):
        path.write_bytes(data[:end])
        survives(path)


@every_kind
def test_a_file_with_bytes_changed_or_pieces_swapped(tmp_path, make):
    path = make(tmp_path)
    data, dice = path.read_bytes(), random.Random(7)
    for _ in range(60):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 8)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        a, b = sorted(dice.sample(range(len(changed)), 2))
        path.write_bytes(changed[:a] + changed[b:] + changed[a:b] if dice.random() < 0.5 else changed)
        survives(path)


@pytest.mark.parametrize("make", [MAKERS[".lss"], MAKERS[".txt"]], ids=[".lss", ".txt"])
def test_a_file_with_its_lines_shuffled(tmp_path, make):
    path = make(tmp_path)
    lines, dice = path.read_text(encoding="utf-8-sig").splitlines(), random.Random(5)
    for _ in range(40):
        dice.shuffle(lines)
        path.write_text("\n".join(lines))
        survives(path)


@pytest.mark.parametrize("times", [1, pytest.param(4, marks=pytest.mark.thorough)])  # each is a process
def test_a_statistics_file_cut_short_or_changed(tmp_path, times):
    pytest.importorskip("pyreadstat")
    path = _sav(tmp_path)
    data, dice = path.read_bytes(), random.Random(3)
    for end in range(len(data) // 2 if times == 1 else 4, len(data), max(len(data) // times, 1)):
        path.write_bytes(data[:end])
        survives(path)
    for _ in range(times):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 6)):
            changed[dice.randrange(400, len(changed))] = dice.randrange(256)
        path.write_bytes(changed)
        survives(path)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("0 1 2 Display x1".split()), inner),
    max_leaves=6,
)


@given(st.data())
def test_any_value_at_any_place_of_a_qualtrics_survey(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("qsf")
    survey = json.loads(_qsf(folder).read_text())
    for _ in range(data.draw(st.integers(1, 4))):
        place, keys = survey, []
        while isinstance(place, dict | list) and place and (not keys or data.draw(st.integers(0, 4))):
            keys.append(
                (place, data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place)))))
            )
            place = place[keys[-1][1]]
        parent, key = keys[-1]
        parent[key] = data.draw(anything)
    path = folder / "survey.qsf"
    path.write_text(json.dumps(survey))
    survives(path)


@given(st.text(alphabet="<>&;/ap '\"=!-[]bscript日\x00", max_size=60))
def test_plain_text_never_fails_and_has_single_spaces(text):
    assert plain(text) == " ".join(plain(text).split())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("survey.lsa", "this is a LimeSurvey archive; export the survey structure (.lss)"),
        ("survey.docx", "this is a text document; export the survey from its tool as .qsf"),
        ("survey.csv", "this is not a structure file that dxkit reads; export the survey as one of .qsf, .lss"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, name, told):
    (tmp_path / name).write_text("a,b\n1,2\n")
    with pytest.raises(DataError) as caught:
        read_structure(tmp_path / name)
    assert str(caught.value).startswith(f"{name}: {told}")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"survey\.qsf: there is no such file"):
        read_structure(tmp_path / "survey.qsf")


def test_every_reader_has_a_damage_test():
    assert set(READERS) == {*MAKERS, ".sav", ".zsav", ".dta"}
    assert READERS[".qsf"] is qualtrics.read
