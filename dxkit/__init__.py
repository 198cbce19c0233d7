"""From a developer survey to a defensible decision. Every public name loads its part on first use (PEP 562)."""

from importlib import import_module

_HOME = {
    "Codebook": "survey.codebook",
    "DataError": "faults",
    "Release": "survey.anonymity",
    "Survey": "survey.responses",
    "Tally": "survey.tally",
    "answers": "survey.answers",
    "before_after": "outcomes.before_after",
    "break_even": "outcomes.business_case",
    "business_case": "outcomes.business_case",
    "catalog_health": "outcomes.catalog",
    "changes_from_git": "outcomes.git",
    "claim_check": "outcomes.claim",
    "compare_decisions": "procurement.record",
    "comments": "survey.anonymity",
    "compare": "survey.waves",
    "decision_record": "procurement.record",
    "deployments_from_git": "outcomes.git",
    "dora": "outcomes.delivery",
    "drivers": "survey.drivers",
    "durations": "outcomes.durations",
    "exit_cost": "procurement.exit_cost",
    "follow_up": "outcomes.followup",
    "irr": "procurement.cashflow",
    "npv": "procurement.cashflow",
    "open_before": "survey.folder",
    "open_survey": "survey.folder",
    "out": "writing",
    "panel": "procurement.panel",
    "payback": "procurement.cashflow",
    "plan_survey": "survey.planning",
    "rank_pains": "survey.ranking",
    "read_codebook": "survey.codebook",
    "read_dossier": "procurement.reading",
    "read_survey": "survey.responses",
    "reliability": "survey.reliability",
    "response_rate": "survey.response",
    "scorecard": "procurement.scorecard",
    "scores": "survey.scores",
    "show": "result",
    "switching": "procurement.switching",
    "tally": "survey.counting",
    "tco": "procurement.tco",
    "time_to_first_deploy": "outcomes.durations",
    "trend": "outcomes.trend",
    "write_report": "report",
    "write_workbook": "procurement.workbook",
}

__all__ = [*_HOME, "samples"]
__version__ = "0.1.0"


def __getattr__(name: str):
    if name == "samples":
        return import_module("dxkit.samples")
    if name not in _HOME:
        raise AttributeError(f"module 'dxkit' has no attribute '{name}'")
    value = getattr(import_module(f"dxkit.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
