"""Three published surveys as somebody would read them with dxkit: which questions, on which scales, what was reworded.

The files are not part of the project. tests/public/plain.py works the figures out from the same files without dxkit.
"""

from functools import cache

import pandas as pd

import dxkit as dx
from tests.places import SHARED

FOLDER = SHARED / "data" / "surveys"
WHY_NOT = "the published surveys are not beside the checkout"

QUALITY = "How would you rate the overall quality of ... [Spack{}]"
FEATURE = "Rank these TBD Spack features by importance [{}]"
SPACK = {
    "documentation": (QUALITY.format(" documentation"), "quality", "high"),
    "community": (QUALITY.format(" community"), "quality", "high"),
    "packages": (QUALITY.format(" packages"), "quality", "high"),
    "spack": (QUALITY.format(""), "quality", "high"),
    "languages": (
        FEATURE.format('Language virtual dependencies (e.g., depends_on("cxx@2017:"))'),
        "importance",
        "neither",
    ),
    "flags": (FEATURE.format("Better compiler flag handling"), "importance", "neither"),
    "tools": (
        FEATURE.format("Testing / integration with Pavilion2/ReFrame/other test tool"),
        "importance",
        "neither",
    ),
    "consult": ("How often do you consult the Spack documentation?", "often", "neither"),
}
REWORDED = {  # item: the words of 2020, those of 2022
    "concretization": (
        FEATURE.format("Separate concretization of build dependencies "),
        FEATURE.format(
            "Separate concretization of build dependencies (build build tools with gcc/clang, not fancy compilers)"
        ),
    ),
    "developers": (
        FEATURE.format("Better Developer features (easily develop multiple packages + 3rd party dependencies)"),
        FEATURE.format("More developer features"),
    ),
}
SPACK_SCALES = {
    "quality": ("Horrible", "Bad", "OK", "Good", "Excellent"),
    "importance": ("Not Important", "Slightly Important", "Somewhat important", "Very Important", "Critical"),
    "often": ("Never", "Yearly", "Monthly", "Weekly", "Daily"),
}

BLOCKERS = {
    "review": "Code/Doc review",
    "communication": "Communication",
    "github": "GH tools&processes (not our customized tooling)",
    "sig": "Finding a/the right SIG",
    "automation": "Our CI, labels, and crafted customized automation",
    "tests": "Debugging test failures",
    "issues": "Finding issues to work on",
    "environment": "Setting up dev env",
    "rejected": "Having PRs rejected",
}

USE = (
    "Just looking for now",
    "Occasionally",
    "Every day",
    "I use Dask all the time, even when I sleep",
)
WANTED = ("Not relevant for me", "Somewhat useful", "Critical to me")
REQUESTS = (
    *("Better Numpy/Pandas support", "Better Scikit-Learn/ML support", "Integrate with Deep Learning Frameworks"),
    *("Support for new libraries in my field", "Improve Scaling ", "Dashboard / Diagnostics", "Ease of deployment"),
    *("Cloud integration", "Managing many users", "GPUs"),
)
HELP = ("More examples in my field", "New features", "Performance improvements", "More documentation", "Bug fixes")
RESOURCES = {
    2019: (
        *("Documentation", "GitHub issue trackers (reading past issues)", "Examples at examples.dask.org", "Tutorial"),
        *("Stack Overflow #Dask tag", "GitHub issue trackers (raising a new issue)"),
    ),
    2020: (
        *("Documentation", "GitHub issue trackers (reading past issues)", "Examples at examples.dask.org"),
        *("Tutorial at tutorial.dask.org", "Stack Overflow #Dask tag", "GitHub issue trackers (raising a new issue)"),
        *("YouTube channel", "Gitter chat"),
    ),
}


def scales_of(labels, first=1):
    rows = [(scale, code, label) for scale, row in labels.items() for code, label in enumerate(row, first)]
    return pd.DataFrame(rows, columns=["scale", "code", "label"])


def _items(rows, columns):
    return pd.DataFrame(rows, columns=["item", "text", "kind", *columns])


@cache
def spack(year, declared=True):
    rows = [(item, text, "rating", scale, good, "") for item, (text, scale, good) in SPACK.items()]
    for item, words in REWORDED.items():
        earlier = item if declared and year == 2022 else ""
        rows.append((item, words[year == 2022], "rating", "importance", "neither", earlier))
    book = dx.read_codebook(_items(rows, ["scale", "good", "same_as"]), scales_of(SPACK_SCALES))
    return dx.read_survey(FOLDER / f"spack_{year}.csv", book, wave=str(year))


@cache
def change():
    return dx.compare(spack(2020), spack(2022))


@cache
def kubernetes():
    rows = [(item, f"Blocker: {name}", "rating", "blocker", "low", name) for item, name in BLOCKERS.items()]
    rows.append(("region", "World Region", "segment", "", "", ""))
    scale = {"blocker": ("Not a problem", "2", "3", "4", "A frequent blocker")}
    rules = pd.DataFrame([("missing", "", "n/a", "")], columns=["rule", "question", "value", "to"])
    book = dx.read_codebook(_items(rows, ["scale", "good", "topic"]), scales_of(scale))
    return dx.read_survey(FOLDER / "kubernetes_2018.csv", book, rules=rules, wave="2018")


@cache
def pains():
    return dx.rank_pains(kubernetes())


@cache
def dask(year):
    rows = [
        ("use", "How often do you use Dask?", "rating", "use", "neither"),
        ("resources", "What Dask resources have you used for support in the last six months?", "multi", "res", ""),
        ("help", "Which would help you most right now?", "choice", "help", ""),
    ]
    for k, name in enumerate(REQUESTS):
        text = f"What common feature requests do you care about most?  [{name}]"
        rows.append((f"request{k}", text, "rating", "wanted", "neither"))
    scales = scales_of({"use": USE, "wanted": WANTED, "help": HELP, "res": RESOURCES[year]})
    book = dx.read_codebook(_items(rows, ["scale", "good"]), scales)
    return dx.read_survey(FOLDER / f"dask_{year}.csv", book, wave=str(year))


@cache
def usage(year):
    return dx.answers(dask(year)).only(["use"])


@cache
def help_wanted(year):
    return dx.answers(dask(year)).only(["help"])


@cache
def dask_change():
    return dx.compare(dask(2019), dask(2020))
