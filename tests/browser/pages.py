"""Pages for pages.js to look at: python -m tests.browser.pages pages FOLDER.

Each reader in each language, of the sample, and of surveys and a dossier that are awkward: long labels, other scripts,
nothing to show. A name begins with the reader. With `survey` in place of `pages`: a survey for the notebooks, of
answers and codebook alone, without a roster and without segments."""

import sys
from pathlib import Path

import pandas as pd

import dxkit as dx
from dxkit.results.words import LANGUAGES
from tests import sample
from tests.project.pages.test_pages import ACTIONS, own

LONG = [f"<b>Waiting</b> for {'a rather long thing ' * 6}{k} 待つ" for k in range(30)]


def surveys():
    """A survey by name, with its earlier wave, actions and a team."""
    yield "sample", (sample.wave(), sample.wave("2026-Q2"), ACTIONS, "Customs")
    frame, book = own(
        people=90, items=30, text=LONG, topic=LONG, dimension=[f"Unentwegt{k % 9}" * 4 for k in range(30)]
    )
    frame["team"] = frame["team"].map(lambda name: f"{name} {'Donaudampfschifffahrt' * 3}")
    awkward = dx.read_survey(frame, book)
    yield "long", (awkward, awkward, None, frame["team"].iloc[0])
    frame, book = own(people=60, topic=["CI", "Docs", "Tests", "Setup"])
    yield "plain", (dx.read_survey(frame, book), None, None, "Team 1")
    yield "few", (dx.read_survey(frame.iloc[:4], book), None, None, None)


def dossiers():
    """A dossier by name."""
    yield "sample", sample.portal()
    vendors = [f"{name} {'und Gesellschafter ' * 3}" for name in "ABCDEFGH"]
    costs = pd.DataFrame(
        {"vendor": vendors, "line": "seats", "timing": "yearly", "likely": range(10**6, 9 * 10**6, 10**6)}
    )
    yield "long", dx.read_dossier({"costs": costs})
    yield "alone", dx.read_dossier({"costs": costs.iloc[:1]})


def pages(folder):
    """Write the pages."""
    folder.mkdir(parents=True)
    for lang in LANGUAGES:
        for name, (answers, earlier, actions, team) in surveys():
            for reader in ("boss", "staff", *(["team"] if team else [])):
                given = {"team": team if reader == "team" else None, "earlier": earlier, "actions": actions}
                dx.page(answers, reader, lang=lang, **given).save(folder / f"{reader}_{name}_{lang}.html")
        for name, dossier in dossiers():
            dx.page(dossier, "decision", lang=lang).save(folder / f"decision_{name}_{lang}.html")


def survey(folder):
    """Write the survey."""
    folder.mkdir(parents=True)
    kinds = {"kind": ["rating", "hours"] * 3, "scale": ["agreement5", "hours"] * 3}
    frame, book = own(people=80, items=6, **kinds, topic=[f"Topic {k // 2}" for k in range(6)], dimension="Flow")
    frame.drop(columns="team").to_csv(folder / "responses_2026-Q4.csv", index=False)
    book[book["kind"] != "segment"].to_csv(folder / "codebook.csv", index=False)


if __name__ == "__main__":
    {"pages": pages, "survey": survey}[sys.argv[1]](Path(sys.argv[2]))
