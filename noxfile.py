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
    "typst": "0.14.8",
    "python-pptx": "1.0.0",
    "pypdf": "5.1.0",
}
FLOOR_PYTHON = next((version for version in PYTHONS[:2] if shutil.which(f"python{version}")), PYTHONS[0])
LEAST_TYPED = 0.98
SLOWEST = "--durations=15"  # what to look at first when the whole takes too long
PICTURES = Path("build/browser")
OWN_DATA = ("tests/own", "tests/survey/real", "tests/survey/reading", "tests/test_arguments.py")

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["style", "walls", "types", "tests"]
nox.options.default_venv_backend = "uv"
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


def missing() -> list[str]:
    """What a look in the browser needs and is not here."""
    return [program for program in ("chromium", "npm", "node") if not shutil.which(program)]


def in_chromium(session: nox.Session, *scripts: tuple[str | Path, ...]) -> None:
    """Run scripts of tests/browser, each with its arguments, beside the packages that they need.

    Their pictures go to build/browser.
    """
    with tempfile.TemporaryDirectory() as web:
        for script, *_ in scripts:
            shutil.copy(f"tests/browser/{script}", web)
        given = [[str(Path(each).absolute()) for each in (PICTURES, *arguments)] for _, *arguments in scripts]
        with session.chdir(web):
            packages = ("playwright-core@1", "axe-core@4")
            session.run("npm", "install", "--silent", "--no-fund", "--no-audit", *packages, external=True)
            for (script, *_), arguments in zip(scripts, given, strict=True):
                session.run("node", script, *arguments, external=True)


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
    """Unit tests, notebooks and the wheel with the oldest supported versions."""
    session.install("-e", ".[dev]", *(f"{name}=={version}" for name, version in FLOORS.items()))
    session.run("python", "-m", "pytest", "-n", "0", *session.posargs)  # beside other stages, no second core is free
    nbval(session, "python", PYTHONHASHSEED="1")
    from_wheel(session)


@nox.session(python=PYTHONS[1:])
def pythons(session: nox.Session) -> None:
    """Notebooks with each newer Python, in another locale, time zone and width; then the wheel."""
    session.install("-e", ".[lab,pdf,pptx]", "pytest", "pytest-xdist", "nbval", "-c", "constraints.txt")
    nbval(session, "python", PYTHONHASHSEED="7", TZ="Pacific/Auckland", LC_ALL="C.UTF-8", COLUMNS="60")
    from_wheel(session)


@here
def job(session: nox.Session) -> None:
    """The README's main job writes pages, pictures and a workbook; nobody is given away, and a browser reads them."""
    shutil.rmtree("out", ignore_errors=True)
    session.run(tool("dxkit"), "run", "notebooks")
    for notebook in Path("notebooks").glob("*.ipynb"):
        page, pictures = Path("out", f"{notebook.stem}.html"), list(Path("out", notebook.stem).glob("*.png"))
        if not page.stat().st_size or not pictures:
            session.error(f"{notebook.name} left no page or no picture")
    if not Path("out/04_own_and_leave/decision.xlsx").stat().st_size:
        session.error("the workbook is empty")
    session.run(tool("dxkit"), "attack", "out")
    with tempfile.TemporaryDirectory() as made:
        survey, pages = Path(made, "survey"), Path(made, "own")
        session.run(sys.executable, "-m", "tests.browser.pages", "survey", str(survey))
        on_own = ("run", "notebooks", "--data", str(survey), "--out", str(pages))
        session.run(tool("dxkit"), *on_own, success_codes=[1])  # a survey alone is no dossier
        said = [page.name[:2] for page in pages.glob("*.html") if "This page is incomplete" in page.read_text("utf-8")]
        if sorted(said) != ["03", "04"]:
            session.error(f"on a survey alone the pages {sorted(said)} are incomplete, not those of a dossier")
        if missing():
            session.log(f"the pages are not looked at: {', '.join(missing())} is not here")
        else:
            in_chromium(session, ("pages.js", "out", pages))


def installed(session: nox.Session, commands: Path, **env: str) -> None:
    """What a user does with an installed dxkit; with a public survey where the shared ones are here."""
    surveys = sorted(Path("../shared/data/surveys").resolve().glob("dask_2020.csv"))
    session.run(".ci/installed", str(commands), *map(str, surveys), env=env, external=True)


def from_wheel(session: nox.Session) -> None:
    """Put the wheel in place of the clone, and do with it what a user does."""
    session.install("--no-deps", ".")
    installed(session, Path(session.bin))


@nox.session
def wheel(session: nox.Session) -> None:
    """What would be released: its description, and the wheel in a clean environment whose path has spaces."""
    session.install("build", "twine")
    with tempfile.TemporaryDirectory() as made:
        session.run("python", "-m", "build", "--outdir", made, silent=True)
        session.run("twine", "check", "--strict", *map(str, Path(made).iterdir()))
        place = Path(made) / "Größe und Ähre"
        session.run(tool("uv"), "venv", "--quiet", "--python", sys.executable, str(place), external=True)
        commands = place / ("Scripts" if os.name == "nt" else "bin")
        package = f"dxkit[lab,pdf,pptx] @ {next(Path(made).glob('dxkit-*.whl')).as_uri()}"
        into = ("--quiet", "--python", str(place), "-c", "constraints.txt")
        session.run(tool("uv"), "pip", "install", *into, package, external=True)
        installed(session, commands, WITH_CI_SH="yes")


@here
def browser(session: nox.Session) -> None:
    """The notebooks in JupyterLab in Chromium, and pages to send there, by axe-core; pictures go to build/browser."""
    if missing():
        session.skip(f"{', '.join(missing())} is not here")
    with tempfile.TemporaryDirectory() as made:
        pages, notebooks = Path(made, "pages"), Path(made, "notebooks")
        session.run(sys.executable, "-m", "tests.browser.pages", "pages", str(pages))
        shutil.copytree("notebooks", notebooks)
        in_chromium(session, ("pages.js", pages), ("notebooks.js", notebooks, sys.executable))


@here
def mutation(session: nox.Session) -> None:
    """Single changes in the mathematics; at least 95% must make a test fail."""
    session.run(sys.executable, "-m", "tests.mutation.run")


@here
def thorough(session: nox.Session) -> None:
    """What the unit tests leave out to be quick: all examples of every law, other programs, processes and kernels."""
    chosen = "not simulated and (thorough or hypothesis)"
    profile = "--hypothesis-profile=thorough"
    session.run(sys.executable, "-m", "pytest", "-m", chosen, profile, "-n", "0", SLOWEST, *session.posargs)


@here
def fuzz(session: nox.Session) -> None:
    """Coverage-guided fuzzing of every reader, half a minute each; `-- --seconds 300` for longer."""
    session.run(sys.executable, "-m", "tests.hostile.fuzz", *(session.posargs or ("--seconds", "30")))


@here
def own(session: nox.Session) -> None:
    """Surveys and decisions that are not ours, made up and published ones, from the export to the pages."""
    session.run(sys.executable, "-m", "pytest", "-m", "simulated", "-n", "0", SLOWEST, *OWN_DATA, *session.posargs)


@here
def simulated(session: nox.Session) -> None:
    """Statistical claims, hostile files and kills."""
    others = [f"--ignore={path}" for path in OWN_DATA]
    session.run(sys.executable, "-m", "pytest", "-m", "simulated", "-n", "0", "-s", SLOWEST, *others, *session.posargs)
