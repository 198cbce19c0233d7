"""Every stage, three beside each other, and a table of how long each took and what came of it.

Usage: python3 .ci/stages.py [SESSION ...]. Without sessions, the README's test command and then all of them.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TESTS = 'python3 -m venv .venv && .venv/bin/pip install -e ".[dev]"'
STAGES = (  # those that take longest begin first
    "simulated",
    "own",
    "thorough",
    "oldest",
    "pythons",
    "fuzz",
    "mutation",
    "browser",
    "wheel",
    "notebooks",
    "same",
    "job",
    "types",
    "docs",
    "style",
    "walls",
    "eager",
)
LANES = 3  # on two cores: what installs, or waits for a browser, leaves its core to the others
LAST = 40  # lines of a failed stage that are said again at the end
OPTIONAL = ("pythons",)  # no promise rests on having each newer Python here
PYTEST = re.compile(r"^=+ .*\b(?:passed|failed|errors?)\b.* in [\d.]+s.* =+$|^\d+ passed.* in [\d.]+s.*$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What came of a stage: passed, failed or not run, why, pytest's closing lines, its last lines if it failed."""

    stage: str
    result: str
    seconds: float = 0.0
    why: str = ""
    closing: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    @property
    def bad(self) -> bool:
        return self.result == "failed" or (self.result == "not run" and self.stage.split("-")[0] not in OPTIONAL)


def say(text: str) -> None:
    print(text, flush=True)


def impress() -> bool:
    """Whether LibreOffice opens slides here, as the tests of slides ask."""
    python = Path(".venv/bin/python")
    asked = "from tests.procurement.workbook import office; raise SystemExit(not office.impress())"
    return python.exists() and not subprocess.run([python, "-c", asked], capture_output=True).returncode


def pythons(folder: Path) -> None:
    """Put every Python that starts into the folder: some are not on the path, some names on the path do not start."""
    for minor in range(11, 15):
        name = f"python3.{minor}"
        places = [shutil.which(name), *sorted(Path.home().glob(f".pyenv/versions/3.{minor}*/bin/{name}"))]
        for place in filter(None, places):
            if not subprocess.run([place, "-c", ""], capture_output=True).returncode:
                (folder / name).symlink_to(place)
                break


def tested() -> Outcome:
    """The README's test command; what it says is shown as it comes."""
    command = next(line for line in Path("README.md").read_text().splitlines() if line.startswith(TESTS))
    say("\n== the README's test command")
    start = time.monotonic()
    with subprocess.Popen(
        ["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        lines = []
        for line in running.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    result = "failed" if running.returncode else "passed"
    closing = tuple(PYTEST.findall("".join(lines)))
    return Outcome("tests", result, time.monotonic() - start, closing=closing, last=tail("".join(lines), result))


def tail(text: str, result: str) -> tuple[str, ...]:
    """The last lines of a stage that failed."""
    return tuple(text.rstrip().splitlines()[-LAST:]) if result == "failed" else ()


def staged(stage: str, nox: Path, env: dict[str, str]) -> list[Outcome]:
    """A session of nox, or one for each Python; what it says is shown when it has ended."""
    start = time.monotonic()
    gentle = [] if stage == STAGES[0] else ["nice", "-n", "10"]  # the longest is not held up by those beside it
    with tempfile.TemporaryDirectory() as made:
        report = Path(made) / "report.json"
        done = subprocess.run(
            [*gentle, str(nox), "--no-error-on-missing-interpreters", "--report", str(report), "-s", stage],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=env,
        )
        sessions = json.loads(report.read_text())["sessions"] if report.exists() else []
    seconds = time.monotonic() - start
    say(f"\n== {stage}  ({seconds:.0f} s)\n{done.stdout}")
    closing = tuple(PYTEST.findall(done.stdout))
    if not sessions:
        return [Outcome(stage, "failed", seconds, "nox did not start it", closing, tail(done.stdout, "failed"))]
    found = []
    for session in sessions:
        name = session["signatures"][0] if session["signatures"] else session["name"]
        if session["result"] == "skipped":
            why = re.search(rf"Session {re.escape(name)} skipped: (.*?)\.?$", done.stdout, re.MULTILINE)
            missing = re.search(rf"{re.escape(name)}.*?(Python interpreter \S+ not found)", done.stdout)
            found.append(Outcome(name, "not run", 0.0, (why or missing)[1] if why or missing else "nox skipped it"))
        else:
            result = "passed" if session["result"] == "success" else "failed"
            last = tail(done.stdout, result)
            found.append(Outcome(name, result, session.get("duration") or seconds, closing=closing, last=last))
    if done.returncode and not any(each.result == "failed" for each in found):
        why = f"nox ended with {done.returncode}"
        found.append(Outcome(stage, "failed", seconds, why, last=tail(done.stdout, "failed")))
    return found


def main(chosen: list[str]) -> int:
    """Run the stages; 0 where all passed and none that a promise rests on is missing."""
    start, outcomes = time.monotonic(), []
    if not chosen:
        with subprocess.Popen([".ci/packages"]):  # beside the install; the unit tests need none of them
            outcomes.append(tested())
        for name, stage, here in (
            ("soffice", "LibreOffice tests", shutil.which("soffice")),
            ("LibreOffice Impress", "tests of slides", impress()),
            ("git", "git tests", shutil.which("git")),
        ):
            if not here:
                outcomes.append(Outcome(stage, "not run", why=f"{name} is not here"))
    nox, stages = Path(".venv/bin/nox").absolute(), chosen or STAGES
    if not nox.exists():
        outcomes += [Outcome(stage, "not run", why="nox was not installed") for stage in stages]
    else:
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(LANES) as pool:
            pythons(Path(folder))
            env = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
            env["OPENBLAS_NUM_THREADS"] = "1"  # of stages beside each other, none has two cores
            for found in pool.map(lambda stage: staged(stage, nox, env), stages):
                outcomes += found
    say("\n== what pytest said of each stage")
    for each in outcomes:
        for line in each.closing:
            say(f"{each.stage}: {line}")
    for last in dict.fromkeys(each.last for each in outcomes if each.last):  # the same for each Python of a stage
        named = ", ".join(each.stage for each in outcomes if each.last == last)
        say(f"\n== the last lines of {named}, which failed\n" + "\n".join(last))
    say(f"\n{'stage':20} {'result':8} {'seconds':>7}")
    for each in outcomes:
        say(f"{each.stage:20} {each.result:8} {each.seconds:7.0f}  {each.why}".rstrip())
    bad = [each.stage for each in outcomes if each.bad]
    say(f"\n{'not good: ' + ', '.join(bad) if bad else 'all passed'}, in {time.monotonic() - start:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
