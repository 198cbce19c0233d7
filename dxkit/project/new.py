"""Start a folder of notebooks, samples and forms."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from dxkit.files.errors import DataError
from dxkit.project import samples


def new(folder: str | Path) -> list[str]:
    """Start a folder: notebooks, sample data, a fill-in survey and a fill-in dossier workbook, and a short README.

    The folder must not exist or be empty. It appears whole or not at all. Returns what was put into it.
    """
    from dxkit.project import dossier_form, survey_form

    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DataError(f"{target} is there already and not empty; name a new folder")
    target.resolve().parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.resolve().parent))
    try:
        shutil.copytree(
            samples.notebooks(), work / "notebooks", ignore=shutil.ignore_patterns(".*", "__pycache__", "out")
        )
        shutil.copytree(samples.path(), work / "data_samples", ignore=shutil.ignore_patterns(".*", "__pycache__"))
        (work / "my_survey").mkdir()
        survey_form.write_survey_workbook(work / "my_survey" / "survey.xlsx")
        (work / "my_decision").mkdir()
        dossier_form.write_dossier_workbook(work / "my_decision" / "dossier.xlsx")
        (work / "README.md").write_text(survey_form.README, encoding="utf-8")
        (work / "ci.sh").write_text(survey_form.CI, encoding="utf-8")
        work.chmod(0o755)
        if target.exists():  # it may be where the person stands, so it stays and is filled
            for made in work.iterdir():
                made.rename(target / made.name)
        else:
            work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return sorted(path.name + ("/" if path.is_dir() else "") for path in target.iterdir())
