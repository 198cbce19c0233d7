"""One table of answers is one survey: read at once or in blocks, by pyarrow or by pandas."""

from dataclasses import fields
from functools import cache

import pandas as pd
import pytest

import dxkit as dx
from dxkit.files.batches import csv_block, csv_text
from tests.hostile.corpus import write
from tests.hostile.reading import CODEBOOK
from tests.places import SHARED

SURVEYS = sorted((SHARED / "data" / "surveys").glob("*.csv"))
QUICK = ("cncf_toc_2020", "strimzi_2022")


def read(path, book, parser, **how):
    """What is read through a parser, or why it is refused: as a small file, or in blocks."""
    with pytest.MonkeyPatch.context() as patch:
        if parser != "at once":
            patch.setattr(csv_text, "LARGE", 1000)
            patch.setattr(csv_text, "BLOCK", max(512, path.stat().st_size // 8))
        if parser == "pandas":
            patch.setattr(csv_block, "find_spec", lambda _: None)
        try:
            survey = dx.read_survey(path, book, **how)
        except dx.DataError as fault:
            return str(fault)
    return {each.name: getattr(survey, each.name) for each in fields(survey)}


def same(one, other):
    """Whether two are the same survey, or the same refusal."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    for name in ("answers", "state", "segments", "comments", "cleaning"):
        pd.testing.assert_frame_equal(one[name], other[name])
    assert one["keys"].tolist() == other["keys"].tolist()
    return all(one[name] == other[name] for name in ("notes", "wave", "source", "identified"))


@cache
def drafted(path):
    draft = dx.draft(path)
    return dx.read_codebook(draft.items, draft.scales), draft.rules


@pytest.mark.simulated
@pytest.mark.parametrize("parser", ["pyarrow", "pandas"])
def test_every_messy_file_is_one_survey_or_one_refusal_in_blocks(tmp_path, parser):
    files = [
        (case, path) for case, path in write(tmp_path) if case.kind == "answers" and path.suffix in (".csv", ".gz")
    ]
    differ = [
        case.name for case, path in files if not same(read(path, CODEBOOK, "at once"), read(path, CODEBOOK, parser))
    ]
    assert len(files) > 80
    assert not differ


@pytest.mark.parametrize("parser", ["pyarrow", "pandas"])
@pytest.mark.parametrize(
    "path",
    [path if path.stem in QUICK else pytest.param(path, marks=pytest.mark.simulated) for path in SURVEYS],
    ids=lambda path: path.stem,
)
def test_a_published_survey_is_the_same_in_blocks(path, parser):
    book, rules = drafted(path)
    for how in ({}, {"rules": rules, "min_group": 3}):
        assert same(read(path, book, parser, **how), read(path, book, "at once", **how))
