"""Coverage-guided fuzzing of every reader, with atheris: any bytes give a table or a DataError, never another error.

`python -m tests.hostile.fuzz --seconds 300` runs all readers one after another, or those that are named.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages

import dxkit as dx
from tests.hostile import corpus
from tests.hostile.reading import CODEBOOK
from tests.places import ROOT

PLACE = Path(tempfile.gettempdir())
SAMPLES = ROOT / "data_samples"


def _file(name: str, *readers: Callable[[Path], object]) -> Callable[[bytes], None]:
    """Readers of a file of this name that holds the bytes."""

    def read(data: bytes) -> None:
        path = Path(tempfile.mkdtemp(dir=PLACE)) / name
        path.write_bytes(data)
        for reader in readers:
            _try(lambda reader=reader: reader(path))
        path.unlink()
        path.parent.rmdir()

    return read


def _try(read: Callable[[], object]) -> None:
    try:
        read()
    except dx.DataError:
        pass


def _git(data: bytes) -> None:
    """The bytes are what people put into a repository: names of tags, dates, subjects; git gives them their places."""
    from dxkit.outcomes.delivery import git

    texts = data.decode("utf-8", "replace").replace("\0", "").split("\n")
    shas = [f"{k:040x}" for k in range(len(texts))]

    def answered(_path: object, *words: str, **_: object) -> list[str]:
        told = " ".join(words)
        if words[0] == "for-each-ref":
            return [
                "\0".join((text, "commit", sha, "", "", time))
                for text, sha, time in zip(texts, shas, dates(), strict=True)
            ]
        if "--format=" not in told:
            return ["false"] if "shallow" in told else shas
        fields = {"%cI": dates(), "%aI": dates(), "%s": texts, "%P": [*shas[1:], ""], "%H": shas}
        asked = told.partition("%x01")[2].split()[0].split("%x09")
        rows = zip(*(fields[field] for field in asked), strict=True)
        return [line for sha, row in zip(shas, rows, strict=True) for line in (f"commit {sha}", "\1" + "\t".join(row))]

    def dates() -> list[str]:
        """As git writes a number of seconds, of any year."""
        years = [1970 + sum(text.encode()) % 12_000 for text in texts]
        return [f"{year}-01-05T10:00:00+0{year % 10}:00" for year in years]

    git._git = answered
    _try(lambda: git.changes_from_git(ROOT, git.deployments_from_git(ROOT)))
    for each in ("merge", "commit"):
        _try(lambda each=each: git.deployments_from_git(ROOT, branch="main", each=each))


def _tables(path: Path) -> None:
    from dxkit.files.opening import open_file
    from tests.files.tables import read_table

    _try(lambda: open_file(path).sheets)
    read_table(path, required=("team", "headcount"))


def _rules_of(path: Path) -> None:
    from dxkit.outcomes.ownership.codeowners import rules_of

    for dialect in ("auto", "github", "gitlab"):
        _try(lambda dialect=dialect: rules_of(path, dialect))


def _catalog(path: Path) -> object:
    from dxkit.outcomes.ownership.entities import read_catalog

    return read_catalog(path)


def _structure(path: Path) -> None:
    from dxkit.survey.reading.structure.registry import read_structure

    for suffix in (".qsf", ".lss", ".txt"):
        _try(lambda suffix=suffix: read_structure(path.rename(path.with_suffix(suffix))))
        path.with_suffix(suffix).rename(path)


READERS: dict[str, Callable[[bytes], None]] = {
    "table": _file("table", _tables),
    "survey": _file("answers.csv", lambda path: dx.read_survey(path, CODEBOOK), dx.draft),
    "dossier": _file("costs.csv", lambda path: dx.read_dossier({"costs": path}), dx.read_dossier),
    "tally": _file("wave.tally", dx.Tally.load),
    "structure": _file("survey", _structure),
    "delivery": _file("export.json", lambda path: dx.dora(path, as_of="2026-12-31")),
    "codeowners": _file("CODEOWNERS", _rules_of),
    "catalog": _file("catalog-info.yaml", _catalog),
    "git": _git,
}


def seeds(reader: str) -> Iterator[bytes]:
    """Files that are read without fault, or nearly, to begin with."""
    from tests.survey.reading.structure.test_damage import MAKERS

    made = Path(tempfile.mkdtemp())
    if reader in ("table", "survey", "dossier", "delivery"):
        kinds = {"survey": ("answers",), "dossier": ("costs",), "delivery": ("deployments",)}
        wanted = kinds.get(reader, tuple(corpus.KINDS))
        yield from (path.read_bytes() for case, path in corpus.write(made) if case.kind in wanted)
    if reader == "tally":
        dx.tally(dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv"))).save(made / "wave.tally", by="team")
        yield (made / "wave.tally").read_bytes()
    if reader == "structure":
        yield from (MAKERS[suffix](made).read_bytes() for suffix in (".qsf", ".lss", ".txt"))
    if reader == "delivery":
        yield b'[{"tag_name": "v1", "published_at": "2026-01-05T10:00:00Z", "draft": false}]'
        yield b'{"data": [{"id": 1, "status": "success", "finished_at": "2026-01-05T10:00:00Z", "ref": "main"}]}'
    if reader == "codeowners":
        yield (SAMPLES / "company" / "CODEOWNERS").read_bytes()
        yield b"[Docs][2] @docs\n*.md\n^[Api] @a @b\n/src/ user@example.org # why\n!/x\n"
    if reader == "catalog":
        yield b"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\nspec:\n  owner: red\n---\n"
    if reader == "git":
        yield b"v1\nv2-rc1\nMerge pull request #7\n2.0"


def instrument() -> None:
    """Load all of the package anew, so that atheris sees which of its lines are run: it sees nothing loaded before."""
    import atheris

    for name in [each for each in sys.modules if each.partition(".")[0] in ("dxkit", "tests")]:
        del sys.modules[name]
    dx = import_module("dxkit")
    with atheris.instrument_imports(include=["dxkit"]):
        for module in walk_packages(dx.__path__, "dxkit."):
            import_module(module.name)


def fuzz(reader: str, seconds: int) -> None:
    """Let atheris find bytes that are neither read nor refused; it ends the process."""
    import atheris

    folder = Path(tempfile.mkdtemp())
    for number, data in enumerate(seeds(reader)):
        (folder / str(number)).write_bytes(data)
    limits = [f"-max_total_time={seconds}", "-timeout=25", "-rss_limit_mb=4096", "-max_len=65536", "-verbosity=0"]
    atheris.Setup(
        [sys.argv[0], *limits, "-print_final_stats=1", f"-artifact_prefix={folder}/", str(folder)], READERS[reader]
    )
    atheris.Fuzz()


def fuzzed(reader: str, seconds: int) -> tuple[int, str]:
    """How a process ended that fuzzes a reader, and what it said. It is a copy of this one, in which all is loaded."""
    with tempfile.TemporaryFile() as told:
        process = os.fork()
        if not process:
            for stream in (1, 2):
                os.dup2(told.fileno(), stream)
            fuzz(reader, seconds)
            os._exit(1)  # atheris has not ended it
        status = os.waitpid(process, 0)[1]
        told.seek(0)
        return status, told.read().decode("utf-8", "replace")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("readers", nargs="*", choices=[*READERS, []], metavar="READER", help=", ".join(READERS))
    options.add_argument("--seconds", type=int, default=300, help="of each reader (default: 300)")
    chosen = options.parse_args()
    failed = []
    for reader in chosen.readers or READERS:
        status, told = fuzzed(reader, chosen.seconds)
        runs = [line.split()[-1] for line in told.splitlines() if "number_of_executed_units" in line]
        print(f"{reader}: {'FOUND' if status else 'nothing found'} in {''.join(runs) or 'no'} runs", flush=True)
        if status:
            failed.append(reader)
            print(told[-12000:], flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if find_spec("atheris") is None:
        sys.exit('atheris is not installed: pip install -e ".[dev]", with a Python that it has been built for')
    instrument()
    sys.exit(import_module("tests.hostile.fuzz").main())  # with readers that are watched
