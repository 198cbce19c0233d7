"""The walls of the house: who may import whom, and what importing costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dxkit

PACKAGE = Path(dxkit.__file__).parent
ORDER = [  # a room may import only rooms above it
    "faults",
    "draws",
    "estimate",
    "grids",
    "csv_grid",
    "csv_blocks",
    "xlsx_grid",
    "row_kinds",
    "tables",
    "writing",
    "result",
    "sheets",
    "report",
    "survey.codebook",
    "survey.shapes",
    "survey.columns",
    "survey.choices",
    "survey.exports",
    "survey.labels",
    "survey.roster",
    "survey.responses",
    "survey.intervals",
    "survey.topics",
    "survey.codes",
    "survey.saved",
    "survey.tally",
    "survey.variables",
    "survey.words",
    "survey.moments",
    "survey.running",
    "survey.counted",
    "survey.streaming",
    "survey.cluster",
    "survey.counting",
    "survey.attack",
    "survey.anonymity",
    "survey.cuts",
    "survey.weighting",
    "survey.response",
    "survey.scores",
    "survey.answers",
    "survey.reliability",
    "survey.orders",
    "survey.shrinkage",
    "survey.planning",
    "survey.pair",
    "survey.action_grid",
    "survey.ranking",
    "survey.shares",
    "survey.drivers",
    "survey.change",
    "survey.waves",
    "survey.folder",
    "procurement.cashflow",
    "procurement.exit_inputs",
    "procurement.judging",
    "procurement.dossier",
    "procurement.dossier_sheets",
    "procurement.twin_reading",
    "procurement.reading",
    "procurement.yearly",
    "procurement.simulation",
    "procurement.exit_cost",
    "procurement.integrals",
    "procurement.returns",
    "procurement.tco",
    "procurement.ratings",
    "procurement.robustness",
    "procurement.scorecard",
    "procurement.record",
    "procurement.panel",
    "procurement.switching",
    "procurement.scenario",
    "procurement.twin_inputs",
    "procurement.twin_vendor",
    "procurement.twin_exit",
    "procurement.twin_scorecard",
    "procurement.twin_results",
    "procurement.workbook",
    "outcomes.durations",
    "outcomes.events",
    "outcomes.delivery",
    "outcomes.git",
    "outcomes.trend",
    "outcomes.before_after",
    "outcomes.catalog",
    "outcomes.claim",
    "outcomes.followup",
    "outcomes.overlap",
    "outcomes.saved_hours",
    "outcomes.business_case",
    "plots.style",
    "plots.survey",
    "plots.ranking",
    "plots.waves",
    "plots.procurement",
    "plots.scorecard",
    "plots.outcomes",
    "samples",
    "template",
    "dossier_form",
    "project",
    "__main__",
]
FRONT = {("grids", "csv_grid"), ("grids", "xlsx_grid")}  # grids opens a file, then hands it to the reader of its kind


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "dxkit":
            base = node.module.removeprefix("dxkit").lstrip(".")
            for alias in node.names:
                full = f"{base}.{alias.name}".lstrip(".")
                yield full if full in ORDER or not base else base


def room(path):
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


ROOMS = [path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__init__.py" and "_shipped" not in path.parts]


def test_every_room_is_on_the_list():
    assert sorted(map(room, ROOMS)) == sorted(ORDER)


@pytest.mark.parametrize("path", ROOMS, ids=room)
def test_a_room_imports_only_rooms_above_it(path):
    own = room(path)
    for other in imports(path):
        assert (own, other) in FRONT or ORDER.index(other) < ORDER.index(own), f"{own} imports {other}"
        assert not (other.startswith("plots") and not own.startswith("plots")), own


def test_only_the_face_has_an_init_with_something_in_it():
    for path in PACKAGE.rglob("__init__.py"):
        assert path.parent == PACKAGE or not path.read_text().strip()


def test_importing_dxkit_loads_none_of_the_large_packages():
    script = (
        "import sys, dxkit; print(sorted({'pandas', 'numpy', 'scipy', 'matplotlib', 'openpyxl'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_loads_and_has_an_example():
    for name in dxkit.__all__:
        value = getattr(dxkit, name)
        assert value.__doc__, name
        if callable(value) and not isinstance(value, type):
            assert ">>>" in value.__doc__, name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'scroes'"):
        dxkit.scroes  # noqa: B018
