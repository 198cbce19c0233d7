"""The `dxkit` command."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import dxkit
from dxkit.files.errors import DataError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. The exit code is 0, or 1 if a table or notebook has a fault or somebody is given away, or 2 if the
    command is wrong or nothing could be read."""
    parser = argparse.ArgumentParser(prog="dxkit", description="From a developer survey to a defensible decision.")
    parser.add_argument("--version", action="version", version=f"dxkit {dxkit.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    new = commands.add_parser("new", help="start a folder with notebooks, samples and a survey workbook to fill in")
    new.add_argument("folder", metavar="DIR")
    draft = commands.add_parser("draft", help="write a first codebook from an export; what is doubtful is yellow")
    draft.add_argument("export", metavar="EXPORT", help="the file of answers, as the survey tool exports it")
    draft.add_argument(
        "structure", metavar="STRUCTURE", nargs="?", help="the questions: .qsf, .lss, .txt, XLSForm, .sav"
    )
    draft.add_argument("--out", metavar="FILE", help="where to write (default: survey.xlsx beside the export)")
    draft.add_argument("--merge", action="store_true", help="add the questions that the workbook there lacks")
    questions = commands.add_parser("instrument", help="write a survey to start from, for three survey tools")
    questions.add_argument("folder", metavar="DIR")
    questions.add_argument("--teams", metavar="FILE", help="your teams: a name on each line, or a roster")
    questions.add_argument("--lang", choices=("en", "de"), default="en", help="language (default: en)")
    run = commands.add_parser("run", help="run a notebook or a folder of them; write HTML and pictures")
    run.add_argument("source", metavar="NOTEBOOK|DIR")
    run.add_argument("--data", metavar="FILE|DIR", help="your tables, instead of the sample")
    run.add_argument("--out", metavar="DIR", default="out", help="where to write (default: out)")
    run.add_argument("--force", action="store_true", help="overwrite what is there")
    run.add_argument("--save", action="store_true", help="store the outputs in the notebook itself instead")
    run.add_argument("--jobs", metavar="N", type=int, help="how many run side by side (default: processors, at most 4)")
    check = commands.add_parser("check", help="name every fault of a table, with its cell")
    check.add_argument("files", metavar="FILE", nargs="+")
    check.add_argument("--source", metavar="TOOL", help="the survey tool of these answers, such as qualtrics")
    check.add_argument("--sheet", metavar="NAME", help="the sheet of answers")
    check.add_argument(
        "--json", action="store_true", help="print what was found as JSON, a list with an entry per file"
    )
    check.add_argument("--codebook", metavar="FILE", help="the codebook of these answers, if it is not in their folder")
    report = commands.add_parser(
        "report", help="write a page to send: for the boss, the staff, a team, or on a decision"
    )
    report.add_argument("source", metavar="ANSWERS", help="the file of answers; for a decision the dossier")
    report.add_argument("--for", dest="reader", required=True, choices=("boss", "staff", "team", "decision"))
    report.add_argument("--team", metavar="NAME", help="the team that its page is about")
    report.add_argument("--lang", default="en", choices=("en", "de"), help="the language of the page (default: en)")
    report.add_argument("--out", metavar="FILE", required=True, help="what to write: .html, .pdf or .pptx")
    publish = commands.add_parser("publish", help="record that these answers are shown; later ones no longer count")
    publish.add_argument("answers", metavar="ANSWERS")
    attack = commands.add_parser("attack", help="find whom the pages and workbooks of a folder give away")
    attack.add_argument("folder", metavar="DIR")
    attack.add_argument("--people", metavar="FILE", help="who works there: a row per person with team, role and so on")
    attack.add_argument(
        "--min-group", metavar="K", type=int, default=5, help="look for fewer than so many (default: 5)"
    )
    options = parser.parse_args(arguments)
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
    from dxkit.project.new import new as start
    from dxkit.project.run import run as run_notebooks

    try:
        if options.command == "new":
            for name in start(options.folder):
                print(f"{options.folder}/{name}")
        elif options.command == "draft":
            _draft(options)
        elif options.command == "instrument":
            _instrument(options)
        elif options.command == "run":
            written = run_notebooks(
                options.source,
                data=options.data,
                out=options.out,
                force=options.force,
                save=options.save,
                jobs=options.jobs,
            )
            files = "1 file" if len(written) == 1 else f"{len(written)} files"
            print(f"{files} written" + ("" if options.save else f" to {options.out}"))
        elif options.command == "report":
            _report(options)
        elif options.command == "publish":
            survey = dxkit.open_survey(options.answers)
            survey.release.publish()
            print(f"recorded as shown: {len(survey):,} answers{f' of {survey.wave}' if survey.wave else ''}")
        elif options.command == "attack":
            from dxkit.project.attack.attack import attack as attacked

            return attacked(options.folder, options.people, min_group=options.min_group)
        else:
            return _check(options)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever reads the lines has seen enough, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{error.filename or 'a file'}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the files written so far are complete", file=sys.stderr)
        return 130
    return 0


def _draft(options) -> None:
    """Write the draft, and say what to do next."""
    from dxkit.project.draft import draft

    path = Path(options.out) if options.out else Path(options.export).parent / "survey.xlsx"
    made = draft(options.export, options.structure)
    written = made.write(path, merge=options.merge)
    print(f"{path}: {made!r}" if len(written) == len(made.items) else f"{path}: {len(written)} new questions")
    print(f"look at the yellow cells and take the yellow from them, then run: dxkit check {options.export}")


def _report(options) -> None:
    """Write a page; the wave before and the actions are those beside the answers."""
    if options.reader == "decision":
        made = dxkit.page(dxkit.read_dossier(options.source), "decision", lang=options.lang)
    else:
        answers = Path(options.source)
        actions = (answers if answers.is_dir() else answers.parent) / "actions.csv"
        made = dxkit.page(
            dxkit.open_survey(answers),
            options.reader,
            team=options.team,
            earlier=dxkit.part(dxkit.open_before, answers) or None,
            actions=actions if actions.is_file() else None,
            lang=options.lang,
        )
    made.save(options.out)
    print(f"{options.out}: {made.document.about}")


def _instrument(options) -> None:
    """Write the questions, and say how long they take and what to do next."""
    from dxkit.project.instrument import SLOW, minutes, write_instrument

    for path in write_instrument(options.folder, options.teams, options.lang):
        print(path)
    took = minutes(options.lang)
    print(f"people need about {took:.0f} minutes to answer, slow readers {SLOW * took:.0f}")
    if not options.teams:
        print("people type the name of their team; to let them choose, name a file: --teams FILE")
    if options.lang != "en":
        print("a native reader should check the texts before you send them")
    print(f"put the export beside {options.folder}/survey.xlsx, then run: dxkit check {options.folder}/EXPORT")


def _check(options) -> int:
    """Check every file, also after one that has faults."""
    from dxkit.project.check import as_json, examine

    failed, listed = 0, []
    for file in options.files:
        try:
            found = examine(file, codebook=options.codebook, source=options.source, sheet=options.sheet)
        except DataError as error:
            found, failed = error, 1
        listed.append(as_json(file, found))
        if not options.json:
            print(found)
    if options.json:
        print(json.dumps(listed, ensure_ascii=False, indent=1))
    return failed


if __name__ == "__main__":
    sys.exit(main())
