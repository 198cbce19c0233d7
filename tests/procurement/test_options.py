"""Every option of a public function is checked at the door: the message names the option and what would do."""

import pandas as pd
import pytest

import dxkit as dx

SHEETS = {
    "costs": pd.DataFrame({"vendor": ["A", "B"], "line": "seats", "timing": "yearly", "likely": [1000, 1200]}),
    "criteria": pd.DataFrame({"criterion": ["cost"], "weight": [1], "worst": [10000], "best": [0], "measure": ["tco"]}),
}


@pytest.fixture(scope="module")
def dossier():
    return dx.read_dossier(SHEETS)


@pytest.mark.parametrize(
    ("call", "option"),
    [
        (lambda dossier: dx.tco("dossier.xlsx"), "dossier='dossier.xlsx'"),
        (lambda dossier: dx.tco(dossier, seed=-1), "seed=-1"),
        (lambda dossier: dx.tco(dossier, draws=0), "draws=0"),
        (lambda dossier: dx.tco(dossier, draws="many"), "draws='many'"),
        (lambda dossier: dx.tco(dossier, shared=0), "shared=0"),
        (lambda dossier: dx.exit_cost(None), "dossier=None"),
        (lambda dossier: dx.exit_cost(dossier, seed=0.5), "seed=0.5"),
        (lambda dossier: dx.switching(dossier, "C"), "rival='C'"),
        (lambda dossier: dx.scorecard(SHEETS), "dossier=<dict>"),
        (lambda dossier: dx.scorecard(dossier, dx.exit_cost(dossier)), "tco=<ExitCost>"),
        (lambda dossier: dx.scorecard(dossier, needs="ranking"), "needs=<str>"),
        (lambda dossier: dx.scorecard(dossier, spread={"dmeo": 1.0}), "did you mean 'demo'?"),
        (lambda dossier: dx.scorecard(dossier, spread={"demo": -1.0}), "spread of demo=-1"),
        (lambda dossier: dx.panel(dossier, needs=3), "needs=<int>"),
        (lambda dossier: dx.decision_record(dx.tco(dossier), dossier), "card=<Tco>"),
        (lambda dossier: dx.compare_decisions(dossier, "old"), "new='old'"),
        (lambda dossier: dx.write_workbook(dossier, None), "path=None"),
        (lambda dossier: dx.write_workbook(dossier, "a.xlsx", scenario="lkely"), "did you mean 'likely'?"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_option_that_cannot_be_is_named(dossier, call, option, refusal):
    with refusal(option):
        call(dossier)


def test_results_of_another_dossier_are_refused(dossier, refusal):
    costs = SHEETS["costs"].assign(vendor=["A", "C"])
    with refusal("it has no vendor 'B'"):
        dx.scorecard(dossier, dx.tco(dx.read_dossier(SHEETS | {"costs": costs})))
