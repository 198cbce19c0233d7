"""Answers that real people gave, as populations to draw from: the ratings of the GitHub survey of 2017."""

from functools import cache

import numpy as np

import dxkit as dx


@cache
def ratings():
    """Answers (people, items) from 0 to 1, nan where there are none."""
    folder = dx.samples.path("github_oss_2017")
    book = dx.read_codebook(folder / "codebook.csv", folder / "scales.csv")
    survey = dx.read_survey(folder / "survey_data.csv.gz", book)
    items = survey.codebook.items
    names = items["item"][items["kind"] == "rating"]
    codes = survey.answers[names].to_numpy(dtype=float)
    low, high = np.nanmin(codes, axis=0), np.nanmax(codes, axis=0)
    return (codes - low) / (high - low)
