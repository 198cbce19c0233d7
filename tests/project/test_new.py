"""What `dxkit new` writes for a CI: the script runs as it is written, and fails where it should."""

import os
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import distribution

import pytest

import dxkit as dx
from dxkit.__main__ import main
from dxkit.project import new
from tests.places import ROOT

PYTHON3 = """#!/bin/sh
# In place of a new environment: one that is there, with a pip that only says what it was asked for.
mkdir -p .venv/bin
printf '#!/bin/sh\nexec %s "$@"\n' > .venv/bin/python
printf '#!/bin/sh\nexec %s -m dxkit "$@"\n' > .venv/bin/dxkit
printf '#!/bin/sh\nfor word; do echo "pip: $word"; done\n' > .venv/bin/pip
chmod +x .venv/bin/*
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A started folder with one notebook, for a CI of six takes minutes."""
    folder = tmp_path_factory.mktemp("ci") / "my decision"
    assert main(["new", str(folder)]) == 0
    for path in (folder / "notebooks").glob("*.ipynb"):
        if not path.name.startswith("00"):
            path.unlink()
    return folder


def run_ci(folder, tools):
    tools.mkdir(exist_ok=True)
    (tools / "python3").write_text(PYTHON3.replace("%s", shlex.quote(sys.executable)))
    (tools / "python3").chmod(0o755)
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    env.pop("DXKIT", None)
    return subprocess.run(["sh", folder / "ci.sh"], env=env, capture_output=True, text=True)


@pytest.mark.thorough
def test_the_script_runs_as_written_and_installs_this_very_dxkit(started, tmp_path):
    done = run_ci(started, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"pip: {new._installed()}" in done.stdout
    assert " passed" in done.stdout


@pytest.mark.thorough
def test_the_script_checks_a_decision_that_is_a_folder_of_csv_files(started, tmp_path):
    costs = started / "my_decision" / "costs.csv"
    for amount, status in (("10", 0), ("ten", 1)):
        costs.write_text(f"vendor,line,timing,likely\nA,seats,yearly,{amount}\n")
        done = run_ci(started, tmp_path)
        assert (done.returncode, "1 vendor, 1 line of cost" in done.stdout) == (status, not status), done.stderr
    costs.unlink()


@pytest.mark.thorough
def test_the_script_fails_where_a_table_has_a_fault(started, tmp_path):
    (started / "my_survey" / "responses_1.csv").write_text("Strange\n1\n")
    done = run_ci(started, tmp_path)
    (started / "my_survey" / "responses_1.csv").unlink()
    assert done.returncode == 1
    assert "passed" not in done.stdout


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        ("", f"dxkit[lab]=={dx.__version__}"),
        ('{"url": "file:///a%20b/dxkit.whl", "archive_info": {}}', "dxkit[lab] @ file:///a%20b/dxkit.whl"),
        (
            '{"url": "https://example.com/dxkit", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
            "dxkit[lab] @ git+https://example.com/dxkit@abc",
        ),
    ],
)
def test_it_installs_from_where_dxkit_came(monkeypatch, origin, wanted):
    monkeypatch.setattr(type(distribution("dxkit")), "read_text", lambda *_: origin)
    assert new._installed() == wanted


def test_github_and_gitlab_call_the_script(started):
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for name in (".github/workflows/check.yml", ".gitlab-ci.yml"):
        text = (started / name).read_text(encoding="utf-8")
        assert text.rstrip().endswith("- run: sh ci.sh" if "github" in name else "- sh ci.sh")
        assert version in text


def test_the_extra_lab_brings_the_sliders():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert any(name.startswith("ipywidgets") for name in extras["lab"])
    assert "panel" not in extras
