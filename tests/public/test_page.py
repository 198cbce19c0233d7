"""docs/public_surveys.md tells what dxkit says: each of its tables, sentences and texts of pictures."""

import pytest

from tests.docs.pages import text
from tests.places import ROOT
from tests.public import surveys, told

pytestmark = pytest.mark.skipif(not surveys.FOLDER.is_dir(), reason=surveys.WHY_NOT)

PAGE = ROOT / "docs" / "public_surveys.md"


def test_every_table_and_sentence_with_figures_is_what_dxkit_says():
    page = " ".join(text(PAGE).split())
    for part in (*told.tables(), *told.sentences()):
        assert " ".join(part.split()) in page


def test_every_picture_is_there_with_its_text():
    for name, result in told.pictures().items():
        assert f"![{result.alt()}](pictures/{name}.png)" in text(PAGE)
        assert 10_000 < (told.PICTURES / f"{name}.png").stat().st_size < 100_000
