"""The walls of the house: `lint-imports` holds them; what it cannot see is tested here."""

import ast
import importlib.util
import shutil
import subprocess
import sys
import tomllib
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from importlinter.cli import lint_imports

import dxkit
from tests.mutation.run import changes
from tests.places import ROOT

PACKAGE = Path(dxkit.__file__).parent
MOST_FILES = 15
MOST_LINES = 350


def test_the_walls_stand():
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize(
    ("module", "line", "seen"),
    [
        ("survey/scores.py", "from dxkit.procurement.cost.ownership import tco", "dxkit.survey.scores ->"),
        ("files/errors.py", "from dxkit.files.table import Table", "1 broken"),
        ("newroom/__init__.py", "", "newroom"),
    ],
)
def test_a_wall_that_is_broken_is_seen(tmp_path, module, line, seen):
    """An import across a wall, a circle, and a folder that no layer names, each in a copy of the package."""
    shutil.copytree(PACKAGE, tmp_path / "dxkit", ignore=shutil.ignore_patterns("__pycache__", "_shipped"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = tmp_path / "dxkit" / module
    broken.parent.mkdir(exist_ok=True)
    broken.write_text(f"{line}\n" + (broken.read_text() if broken.exists() else ""))
    script = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    assert seen in done.stdout


@pytest.mark.parametrize("tree", ["dxkit", "tests"])
def test_no_folder_is_crowded_and_no_file_is_long(tree):
    for folder in [ROOT / tree, *(path for path in (ROOT / tree).rglob("*") if path.is_dir())]:
        files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(files) <= MOST_FILES, folder
        for path in files if tree == "dxkit" else ():
            assert len(path.read_text().splitlines()) <= MOST_LINES, path


def test_importing_dxkit_loads_none_of_the_large_packages():
    large = {"pandas", "numpy", "scipy", "matplotlib", "openpyxl", "xlsxwriter"}
    script = f"import sys, dxkit; print(sorted({large} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_first_scores_wait_for_pandas_and_for_no_other_large_package():
    read = "dx.read_survey(dx.samples.path('company/responses_2026-Q3.csv'), dx.samples.path('company/codebook.csv'))"
    large = {"matplotlib", "openpyxl"}  # scipy solves linear programs where figures are near an end of the scale
    script = f"import sys, dxkit as dx; dx.scores({read}); print(sorted({large} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.thorough
def test_no_call_on_a_survey_loads_scipy_stats():
    """It takes longer to load than pandas; what the release and the intervals need of scipy is far smaller."""
    script = """
import sys
import dxkit as dx
now, before = (dx.open_survey(dx.samples.path(f"company/responses_{wave}.csv")) for wave in ("2026-Q3", "2026-Q2"))
dx.scores(now)
for call in (dx.scores, dx.answers, dx.rank_pains, dx.response_rate):
    call(now, by="team")
for call in (dx.rank_pains, dx.reliability, dx.drivers, lambda survey: dx.compare(before, survey)):
    call(now)
assert "scipy.stats" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_every_public_name_loads_and_has_an_example():
    for name in dxkit.__all__:
        value = getattr(dxkit, name)
        assert value.__doc__, name
        if callable(value) and not isinstance(value, type):
            assert ">>>" in value.__doc__, name


def test_dir_is_the_list_of_the_stub_also_after_use():
    assert dir(dxkit) == sorted(dxkit.__all__)
    assert dxkit.scores
    assert dir(dxkit) == sorted(dxkit.__all__)


def test_the_lines_of_the_stub_are_read_as_python_reads_them():
    nodes = ast.parse((PACKAGE / "__init__.pyi").read_text()).body
    names = [
        (f"dxkit.{node.module}", alias.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert sorted(name for _, name in names) == sorted(dxkit.__all__)
    for module, name in names:
        assert getattr(dxkit, name) is getattr(importlib.import_module(module), name)


def test_python_suggests_a_name_that_is_spelled_alike():
    done = subprocess.run([sys.executable, "-c", "import dxkit; dxkit.scroes"], capture_output=True, text=True)
    assert done.stderr.rstrip().endswith("module 'dxkit' has no attribute 'scroes'. Did you mean: 'scores'?")


def test_every_change_of_the_mutation_gate_has_its_text_once_and_tests_that_are_there():
    for change in changes():
        assert (PACKAGE / change.file).read_text(encoding="utf-8").count(change.old) == 1, change
        assert all((ROOT / test).exists() for test in change.tests), change


def test_the_stages_of_tests_run_every_test_between_them(monkeypatch):
    """Whatever marks a test carries, and wherever it stands, a stage chooses it."""
    monkeypatch.chdir(ROOT)
    spec = importlib.util.spec_from_file_location("noxfile", ROOT / "noxfile.py")
    stages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(stages)
    ran = []
    session = SimpleNamespace(posargs=(), run=lambda *command: ran.append(command[3:]))
    for stage in (stages.tests, stages.thorough, stages.own, stages.simulated):
        stage(session)
    plain = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["addopts"]
    chosen = [options[options.index("-m") + 1] for options in (plain, *ran[1:])]
    own, others = ran[2:]
    assert ran[0] == ()
    assert chosen[2] == chosen[3]  # on paths that are the complement of each other
    assert {path for path in own if "/" in path} == {option[9:] for option in others if option.startswith("--ignore=")}
    for marks in product([False, True], repeat=3):
        carried = dict(zip(("simulated", "thorough", "hypothesis"), marks, strict=True))
        assert any(eval(expression, {}, carried) for expression in chosen), carried
