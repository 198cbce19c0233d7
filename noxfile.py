"""The checks of this project, one session each: `nox --list` explains them, `nox -s style` runs one.

Most sessions use the Python that runs nox: `.venv/bin/nox`, in the environment that the README's test command makes.
Those that need other versions make their own environment. `.ci/run` runs all of them.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import nox

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
FLOORS = {
    "pandas": "2.2.3",
    "numpy": "1.26.4",
    "scipy": "1.11.4",
    "matplotlib": "3.9.4",
    "openpyxl": "3.1.2",
    "pyarrow": "16.1.0",
    "pyreadstat": "1.2.8",
    "dask[dataframe,distributed]": "2024.8.0",
}
FLOOR_PYTHON = next((version for version in PYTHONS[:2] if shutil.which(f"python{version}")), PYTHONS[0])
LEAST_TYPED = 0.98
OWN_DATA = ("tests/own", "tests/survey/real", "tests/survey/reading", "tests/test_arguments.py")

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["style", "walls", "types", "tests"]
nox.options.default_venv_backend = "virtualenv"
nox.options.download_python = "never"
os.environ.pop("MPLBACKEND", None)  # another backend than the notebooks' own would lose their pictures
here = nox.session(venv_backend="none")


def tool(name: str) -> str:
    """The path of a command in the environment that runs nox."""
    return str(Path(sys.executable).with_name(name))


def nbval(session: nox.Session, python: str, **env: str) -> None:
    """Run every notebook and compare each output with the stored one."""
    limits = "--nbval-kernel-startup-timeout=300 --nbval-cell-timeout=120"
    options = f"-p nbval.plugin --nbval --nbval-current-env {limits} -n 0 notebooks".split()
    session.run(python, "-m", "pytest", *options, env=env, external=True)


@here
def tests(session: nox.Session) -> None:
    """The unit tests, under two minutes; arguments after -- go to pytest."""
    session.run(sys.executable, "-m", "pytest", *session.posargs)


@here
def style(session: nox.Session) -> None:
    """Linting and formatting by ruff."""
    session.run(tool("ruff"), "check", ".")
    session.run(tool("ruff"), "format", "--check", ".")


@here
def walls(session: nox.Session) -> None:
    """No package imports one that it must not know."""
    session.run(tool("lint-imports"))


@here
def types(session: nox.Session) -> None:
    """Types of the package, of every Python block of the README and docs, and how much of the public names is typed."""
    pyright = (tool("pyright"), "--pythonpath", sys.executable)
    session.run(*pyright, "dxkit")
    session.run(sys.executable, "-m", "tests.docs.types")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # --verifytypes looks for it there
    verify = ("--verifytypes", "dxkit", "--ignoreexternal", "--outputjson")
    told = session.run(tool("pyright"), *verify, success_codes=[0, 1], silent=True, env={"PATH": path})
    typed = json.loads(told)["typeCompleteness"]["completenessScore"]
    session.log(f"{typed:.1%} of the public names have known types; at least {LEAST_TYPED:.0%} must")
    if typed < LEAST_TYPED:
        session.error("`pyright --verifytypes dxkit --ignoreexternal` names those that have not")


@here
def eager(session: nox.Session) -> None:
    """Every lazy import of the package resolves."""
    session.run(sys.executable, "-c", "import dxkit", env={"EAGER_IMPORT": "1"})


@here
def docs(session: nox.Session) -> None:
    """The documentation site builds without a warning."""
    with tempfile.TemporaryDirectory() as site:
        session.run(tool("mkdocs"), "build", "--strict", "--site-dir", site)


@here
def notebooks(session: nox.Session) -> None:
    """Notebooks give their stored outputs with the newest versions; warnings are errors."""
    warnings = "error::FutureWarning,error::RuntimeWarning,error::UserWarning"
    nbval(session, sys.executable, PYTHONHASHSEED="0", PYTHONWARNINGS=warnings)


@here
def same(session: nox.Session) -> None:
    """Notebooks that are run and saved again do not change."""
    with tempfile.TemporaryDirectory() as made:
        again = shutil.copytree("notebooks", Path(made) / "notebooks")
        session.run(tool("dxkit"), "run", str(again), "--save")
        session.run(sys.executable, ".ci/same_notebooks.py", "notebooks", str(again))


@nox.session(python=FLOOR_PYTHON)
def oldest(session: nox.Session) -> None:
    """Unit tests and notebooks with the oldest supported versions."""
    session.install("-e", ".[dev]", *(f"{name}=={version}" for name, version in FLOORS.items()))
    session.run("python", "-m", "pytest", *session.posargs)
    nbval(session, "python", PYTHONHASHSEED="1")


@nox.session(python=PYTHONS[1:])
def pythons(session: nox.Session) -> None:
    """Notebooks with each newer Python, in another locale, time zone and width."""
    session.install("-e", ".[lab]", "pytest", "pytest-xdist", "nbval", "-c", "constraints.txt")
    nbval(session, "python", PYTHONHASHSEED="7", TZ="Pacific/Auckland", LC_ALL="C.UTF-8", COLUMNS="60")


@here
def job(session: nox.Session) -> None:
    """The README's main job writes a page and pictures for each notebook, and the workbook, which give nobody away."""
    shutil.rmtree("out", ignore_errors=True)
    session.run(tool("dxkit"), "run", "notebooks")
    for notebook in Path("notebooks").glob("*.ipynb"):
        page, pictures = Path("out", f"{notebook.stem}.html"), list(Path("out", notebook.stem).glob("*.png"))
        if not page.stat().st_size or not pictures:
            session.error(f"{notebook.name} left no page or no picture")
    if not Path("out/04_own_and_leave/decision.xlsx").stat().st_size:
        session.error("the workbook is empty")
    session.run(tool("dxkit"), "attack", "out")


@here
def wheel(session: nox.Session) -> None:
    """The wheel, installed in a clean environment in a folder whose path has spaces and other letters."""
    session.run(".ci/installed", sys.executable, external=True)


@here
def browser(session: nox.Session) -> None:
    """The notebooks in JupyterLab in Chromium, and pages to send there, by axe-core; pictures go to out/browser."""
    for program in ("chromium", "npm", "node"):
        if not shutil.which(program):
            session.skip(f"{program} is not here")
    with tempfile.TemporaryDirectory() as made:
        web = Path(made)
        shutil.copytree("notebooks", web / "notebooks")
        for script in ("notebooks.js", "pages.js"):
            shutil.copy(f"tests/browser/{script}", web)
        session.run(sys.executable, "-m", "tests.browser.pages", str(web / "pages"))
        packages = ("playwright-core@1", "axe-core@4")
        with session.chdir(web):
            session.run("npm", "install", "--silent", "--no-fund", "--no-audit", *packages, external=True)
        pictures = str(Path("out/browser").absolute())
        session.run("node", str(web / "pages.js"), str(web / "pages"), pictures, external=True)
        session.run("node", str(web / "notebooks.js"), sys.executable, str(web / "notebooks"), pictures, external=True)


@here
def mutation(session: nox.Session) -> None:
    """Single changes in the mathematics; at least 95% must make a test fail."""
    session.run(sys.executable, "-m", "tests.mutation.run")


@here
def thorough(session: nox.Session) -> None:
    """What the unit tests leave out to be quick: all examples of every law, other programs, processes and kernels."""
    chosen = "not simulated and (thorough or hypothesis)"
    profile = "--hypothesis-profile=thorough"
    session.run(sys.executable, "-m", "pytest", "-m", chosen, profile, "-n", "0", *session.posargs)


@here
def own(session: nox.Session) -> None:
    """Surveys and decisions that are not ours, made up and published ones, from the export to the pages."""
    session.run(sys.executable, "-m", "pytest", "-m", "simulated", "-n", "0", *OWN_DATA, *session.posargs)


@here
def simulated(session: nox.Session) -> None:
    """Statistical claims, hostile files and kills."""
    others = [f"--ignore={path}" for path in OWN_DATA]
    session.run(sys.executable, "-m", "pytest", "-m", "simulated", "-n", "0", "-s", *others, *session.posargs)
