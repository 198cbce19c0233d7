"""A plain table: item ids in the header, labels in the cells."""

import pytest

from tests.survey.reading.one_survey import BOOK, CLEAN, check_same_survey, write_plain


def test_the_plain_survey_is_what_was_written(tmp_path):
    survey = check_same_survey(write_plain(tmp_path), "plain")
    scale = BOOK.scale("sat_ci")
    assert survey.answers["sat_ci"].tolist() == pytest.approx([scale.code_of(t) for t in CLEAN["sat_ci"]], nan_ok=True)
    assert (survey.state["sat_ci"] == 1).sum() == (CLEAN["sat_ci"] == "Not applicable").sum()
    assert (survey.answers["used_deploy"] == 1).sum() == (CLEAN["used_deploy"] == "Yes").sum()
