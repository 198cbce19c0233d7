"""The public names of dxkit. This file is their only list: editors read it, and dxkit/__init__.py loads from it."""

from .files.errors import DataError as DataError
from .files.errors import Missing as Missing
from .files.writing import out as out
from .outcomes.before_after import before_after as before_after
from .outcomes.business_case import break_even as break_even
from .outcomes.business_case import business_case as business_case
from .outcomes.claim import claim_check as claim_check
from .outcomes.delivery.dora import dora as dora
from .outcomes.delivery.git import changes_from_git as changes_from_git
from .outcomes.delivery.git import deployments_from_git as deployments_from_git
from .outcomes.durations import durations as durations
from .outcomes.durations import time_to_first_deploy as time_to_first_deploy
from .outcomes.follow_up import follow_up as follow_up
from .outcomes.ownership.catalog import catalog_health as catalog_health
from .outcomes.ownership.entities import read_catalog as read_catalog
from .outcomes.trend import trend as trend
from .procurement.choice.negotiation import negotiation as negotiation
from .procurement.choice.panel import panel as panel
from .procurement.choice.record import compare_decisions as compare_decisions
from .procurement.choice.record import decision_record as decision_record
from .procurement.choice.scorecard import scorecard as scorecard
from .procurement.cost.exit_cost import exit_cost as exit_cost
from .procurement.cost.ownership import tco as tco
from .procurement.cost.payments import schedule as schedule
from .procurement.cost.switching import switching as switching
from .procurement.reading import read_dossier as read_dossier
from .procurement.workbook.write import write_workbook as write_workbook
from .project import samples as samples
from .project.draft import Draft as Draft
from .project.draft import draft as draft
from .project.instrument import instrument as instrument
from .project.pages.page import Page as Page
from .project.pages.page import page as page
from .results.absent import Absent as Absent
from .results.absent import part as part
from .results.report import write_report as write_report
from .results.result import show as show
from .statistics.finance import irr as irr
from .statistics.finance import npv as npv
from .statistics.finance import payback as payback
from .survey.answers import answers as answers
from .survey.changes import compare as compare
from .survey.comments import comments as comments
from .survey.drivers import drivers as drivers
from .survey.planning import plan_survey as plan_survey
from .survey.privacy.audit_tables import audit_tables as audit_tables
from .survey.ranking import rank_pains as rank_pains
from .survey.reading.codebook import Codebook as Codebook
from .survey.reading.codebook import read_codebook as read_codebook
from .survey.reading.folder import open_before as open_before
from .survey.reading.folder import open_survey as open_survey
from .survey.reading.folder import open_waves as open_waves
from .survey.reading.responses import Survey as Survey
from .survey.reading.responses import read_survey as read_survey
from .survey.reliability import reliability as reliability
from .survey.response_rate import response_rate as response_rate
from .survey.scores import scores as scores
from .survey.tally.entry import tally as tally
from .survey.tally.tally import Tally as Tally

__version__: str
__all__ = [
    "Absent",
    "Codebook",
    "DataError",
    "Draft",
    "Missing",
    "Page",
    "Survey",
    "Tally",
    "answers",
    "audit_tables",
    "before_after",
    "break_even",
    "business_case",
    "catalog_health",
    "changes_from_git",
    "claim_check",
    "comments",
    "compare",
    "compare_decisions",
    "decision_record",
    "deployments_from_git",
    "dora",
    "draft",
    "drivers",
    "durations",
    "exit_cost",
    "follow_up",
    "instrument",
    "irr",
    "negotiation",
    "npv",
    "open_before",
    "open_survey",
    "open_waves",
    "out",
    "page",
    "panel",
    "part",
    "payback",
    "plan_survey",
    "rank_pains",
    "read_catalog",
    "read_codebook",
    "read_dossier",
    "read_survey",
    "reliability",
    "response_rate",
    "samples",
    "schedule",
    "scorecard",
    "scores",
    "show",
    "switching",
    "tally",
    "tco",
    "time_to_first_deploy",
    "trend",
    "write_report",
    "write_workbook",
]
