"""Start a folder of notebooks, samples and forms."""

import json
import shlex
import shutil
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import dxkit
from dxkit.files.errors import DataError
from dxkit.project import samples
from dxkit.project.forms import dossier_form, survey_form, year_form

_HERE = Path(__file__).with_name("starter")
_STARTER = {  # texts beside this file, and where they stand in the folder
    "README.md": "README.md",
    "ci.sh": "ci.sh",
    "check.yml": ".github/workflows/check.yml",
    "gitlab-ci.yml": ".gitlab-ci.yml",
}
_HIDDEN = shutil.ignore_patterns(".*", "__pycache__", "out")


def new(folder: str | Path) -> list[str]:
    """Start a folder with notebooks, sample data, a workbook for a survey and one for a decision, and a short README.

    The folder must be new or empty, and is filled completely or not at all. Returns the names of what is in it.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DataError(f"{target} already exists and is not empty; name a new folder")
    target.resolve().parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.resolve().parent))
    try:
        shutil.copytree(samples.notebooks(), work / "notebooks", ignore=_HIDDEN)
        shutil.copytree(samples.path(), work / "data_samples", ignore=_HIDDEN)
        (work / "my_survey").mkdir()
        survey_form.write_survey_workbook(work / "my_survey" / "survey.xlsx")
        (work / "my_decision").mkdir()
        dossier_form.write_dossier_workbook(work / "my_decision" / "dossier.xlsx")
        (work / "my_year").mkdir()
        year_form.write_year_workbook(work / "my_year" / "year.xlsx")
        python, own = f"{sys.version_info.major}.{sys.version_info.minor}", shlex.quote(_installed())
        for name, path in _STARTER.items():
            text = (_HERE / name).read_text(encoding="utf-8").replace("@PYTHON@", python).replace("@DXKIT@", own)
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text, encoding="utf-8")
        work.chmod(0o755)
        if target.exists():  # it may be the working directory, so it is kept and filled
            for made in work.iterdir():
                made.rename(target / made.name)
        else:
            work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return sorted(path.name + ("/" if path.is_dir() else "") for path in target.iterdir())


def _installed() -> str:
    """What pip needs to install this very dxkit: its version, or the file or repository that it came from."""
    try:
        origin = json.loads(distribution("dxkit").read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        origin = {}
    if not (url := origin.get("url")):
        return f"dxkit[lab]=={dxkit.__version__}"
    repository = origin.get("vcs_info")
    return f"dxkit[lab] @ {repository['vcs']}+{url}@{repository['commit_id']}" if repository else f"dxkit[lab] @ {url}"
