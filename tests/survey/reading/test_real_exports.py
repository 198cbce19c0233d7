"""Nine published exports, each with a codebook made from its header and cells: no fault, counts as by hand."""

import csv
from collections import Counter

import pandas as pd
import pytest

import dxkit as dx
from tests.places import SHARED

FOLDER = SHARED / "data" / "surveys"
EXPORTS = {  # source, header rows, people
    "carpentries_2018": ("plain", 1, 967),
    "cncf_gitops_2021": ("surveymonkey", 2, 220),
    "cncf_toc_2020": ("surveymonkey", 2, 28),
    "dask_2019": ("google_forms", 1, 258),  # one blank submission
    "dask_2020": ("google_forms", 1, 239),
    "kubernetes_2018": ("surveymonkey", 1, 160),
    "spack_2020": ("google_forms", 1, 170),
    "spack_2022": ("google_forms", 1, 182),
    "strimzi_2022": ("surveymonkey", 2, 41),
}
OWN = ("Timestamp", "Respondent ID", "Collector ID", "Start Date", "End Date")
WHOLE = ("Response", "Open-Ended Response", "")


def columns(path, depth):
    """The text, the option and the cells of each column, without what the tool adds."""
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True)))
    stem = ""
    for j, name in enumerate(rows[0]):
        stem = name.strip() or stem
        part = rows[1][j].strip() if depth == 2 else ""
        if name not in OWN:
            text = stem if part in WHOLE else f"{stem} [{part}]"
            yield text, part, [row[j].strip() for row in rows[depth:]]


def codebook(path, depth):
    """A codebook and scales: few short labels are a scale, one word under an option is a tick, the rest is text."""
    items, scales, cells_of = [], [], {}
    for k, (text, part, cells) in enumerate(columns(path, depth)):
        labels = sorted({cell for cell in cells if cell})
        if not labels:
            continue
        kind, scale = "comment", ""
        if labels == [part]:  # what was written under "Other" is text
            kind, scale = "rating", "yesno"
        elif 2 <= len(labels) <= 7 and max(map(len, labels)) < 60:
            kind, scale = "rating", f"s{k}"
            scales += [(scale, code, label) for code, label in enumerate(labels, 1)]
        items.append((f"q{k}", text, kind, scale))
        cells_of[f"q{k}"] = cells, labels
    book = pd.DataFrame(items, columns=["item", "text", "kind", "scale"])
    return book, pd.DataFrame(scales, columns=["scale", "code", "label"]), cells_of


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared exports are not beside the checkout")
@pytest.mark.parametrize("name", EXPORTS)
def test_a_real_export_is_read_without_a_fault_and_every_count_is_that_of_its_cells(name):
    source, depth, people = EXPORTS[name]
    path = FOLDER / f"{name}.csv"
    items, scales, cells_of = codebook(path, depth)
    survey = dx.read_survey(path, dx.read_codebook(items, scales))
    assert (survey.source, len(survey)) == (source, people)
    rated = items.loc[(items["kind"] == "rating"), ["item", "scale"]]
    assert len(rated) >= 14
    for item, scale in rated.itertuples(index=False):
        cells, labels = cells_of[item]
        if scale == "yesno":
            assert survey.answers[item].sum() == sum(map(bool, cells)), item
        else:
            found = Counter(labels[int(code) - 1] for code in survey.answers[item].dropna())
            assert found == Counter(filter(None, cells)), item
