"""Questions with several choices of published surveys, beside a plain calculation with pandas."""

import numpy as np
import pandas as pd
import pytest

import dxkit as dx
from tests.places import SHARED

SURVEYS = SHARED / "data" / "surveys"
pytestmark = pytest.mark.skipif(not SURVEYS.exists(), reason="the shared folder with the real surveys is not here")
HELP = "How do you get help with Spack when you need it?"
MACHINES = (
    "Personal laptop",
    "Large workstation",
    "Cluster of 2-10 machines",
    "Cluster with 10-100 machines",
    "Cluster with 100+ machines",
)
GITHUB = ("GitHub issue trackers (reading past issues)", "GitHub issue trackers (raising a new issue)")
RESOURCES = "What Dask resources have you used for support in the last six months?"
OLD_RESOURCES = ("Documentation", *GITHUB, "Examples at examples.dask.org", "Tutorial", "Stack Overflow #Dask tag")
NEW_RESOURCES = (
    *("Documentation", *GITHUB, "Examples at examples.dask.org", "Tutorial at tutorial.dask.org"),
    *("Stack Overflow #Dask tag", "YouTube channel", "Gitter chat"),
)
APIS = ("DataFrame", "Delayed", "Array", "Futures", "Xarray", "ML", "Bag")
CONTRIBUTED = ("Packages", "Issues", "Slack Discussions", "No", "Core Features", "Mailing List", "Documentation")
OS = (
    "CentOS",
    "Red Hat",
    "Ubuntu",
    "macOS",
    "Debian",
    "SuSE",
    "Fedora",
    "Windows Subsystem for Linux (WSL)",
    "Arch",
    "TOSS",
)
QUESTIONS = {
    "spack_2020": {
        "Have you contributed to Spack?": CONTRIBUTED,
        "What OS do you use Spack on?": OS,
        HELP: ("Documentation", "Slack", "Coworkers", "Mailing List", "GitHub", "Source Code"),
    },
    "spack_2022": {
        "Have you contributed to Spack?": (*CONTRIBUTED, "GitHub Discussions", "Tools/integrations"),
        HELP: (
            *("Documentation", "Slack", "GitHub Issues", "Source Code", "Coworkers", "GitHub Discussions"),
            *("spack help", "Mailing List", "Email"),
        ),
    },
    "dask_2019": {"Dask APIs": APIS, "Local machine or Cluster?": MACHINES, RESOURCES: OLD_RESOURCES},
    "dask_2020": {
        "Dask APIs": (*APIS, "RAPIDS", "XGBoost", "Prefect"),
        "Local machine or Cluster?": MACHINES,
        RESOURCES: NEW_RESOURCES,
    },
}


def codebook(questions):
    items = [(f"q{k}", text, "multi") for k, text in enumerate(questions)]
    scales = [
        (f"q{k}", code, label) for k, text in enumerate(questions) for code, label in enumerate(questions[text], 1)
    ]
    return dx.read_codebook(
        pd.DataFrame(items, columns=["item", "text", "kind"]), pd.DataFrame(scales, columns=["scale", "code", "label"])
    )


def plainly(file, questions):
    """n and people by option, from the cells alone."""
    cells = pd.read_csv(SURVEYS / f"{file}.csv", dtype=str, keep_default_na=False)
    joint, figures = ";" if file.startswith("dask") else ", ", {}
    for k, text in enumerate(questions):
        filled = cells[text].loc[cells[text].str.strip() != ""]
        pieces = filled.str.split(joint).apply(lambda parts: {part.strip() for part in parts if part.strip()})
        for option in questions[text]:
            figures[f"q{k}[{option}]"] = (
                len(filled),
                int(pieces.apply(lambda parts, option=option: option in parts).sum()),
            )
        beside = pieces.apply(lambda parts, known=set(questions[text]): bool(parts - known)).sum()
        if beside:
            figures[f"q{k}[(not in the codebook)]"] = len(filled), int(beside)
    return figures


@pytest.mark.parametrize("file", QUESTIONS)
def test_every_n_and_share_is_that_of_plain_pandas(file):
    right = plainly(file, QUESTIONS[file])
    survey = dx.read_survey(SURVEYS / f"{file}.csv", codebook(QUESTIONS[file]))
    found = dx.answers(survey).table.set_index("item")
    hidden = found.index[~found["shown"]]
    assert set(found.index) == set(right)
    assert set(hidden) <= {item for item, (_, count) in right.items() if count < 5}
    for item, (n, count) in right.items():
        if item not in hidden:
            row = found.loc[item]
            assert (row["answered"], row["count"], row["share"]) == (n, count, count / n), item


def test_the_old_form_of_options_gives_the_same():
    file, text = "spack_2020", "Have you contributed to Spack?"
    options = QUESTIONS[file][text]
    rows = [(f"o{k}", f"{text} [{option}]", "rating", "yesno") for k, option in enumerate(options)]
    old = dx.read_codebook(pd.DataFrame(rows, columns=["item", "text", "kind", "scale"]))
    table = dx.answers(dx.read_survey(SURVEYS / f"{file}.csv", old)).table
    right = plainly(file, {text: options})
    assert np.allclose(table.loc[table["label"] == "Yes", "count"], [count for _, count in right.values()])
    assert set(table["answered"]) == {169}


def test_an_option_with_a_new_name_is_a_fault(refusal):
    with refusal():
        dx.read_survey(SURVEYS / "dask_2020.csv", codebook({RESOURCES: OLD_RESOURCES}))
