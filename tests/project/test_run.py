"""The command: a folder is started whole, notebooks run to pages and pictures, faults are told without a traceback."""

import base64
import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import openpyxl
import pytest

import dxkit as dx
from dxkit.__main__ import main
from dxkit.project import cells
from dxkit.project.check import check
from dxkit.project.run import run
from tests.places import ROOT

V4 = nbformat.v4


def notebook(path, *cells):
    """A notebook of these code cells; the first takes the parameters."""
    code = [V4.new_code_cell(source) for source in ("data = None", *cells)]
    code[0].metadata["tags"] = ["parameters"]
    book = V4.new_notebook(cells=[V4.new_markdown_cell("# A question"), *code])
    book.metadata["kernelspec"] = {"name": "not_installed", "display_name": "other", "language": "python"}
    nbformat.write(book, path)
    return path


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A started folder, in a place whose name has a space and letters beyond ASCII."""
    folder = tmp_path_factory.mktemp("début ü") / "my decision"
    assert main(["new", str(folder)]) == 0
    return folder


def test_new_gives_notebooks_samples_a_workbook_and_the_next_steps(started):
    names = [
        ".github",
        ".gitlab-ci.yml",
        "README.md",
        "ci.sh",
        "data_samples",
        "my_decision",
        "my_survey",
        "my_year",
        "notebooks",
    ]
    assert sorted(path.name for path in started.iterdir()) == names
    assert {path.name for path in (started / "notebooks").glob("*.ipynb")} == {
        path.name for path in dx.samples.notebooks().glob("*.ipynb")
    }
    assert (started / "my_survey" / "survey.xlsx").stat().st_size
    text = (started / "README.md").read_text(encoding="utf-8")
    assert [f"{n}. " in text for n in (1, 2, 3)] == [True] * 3
    assert not [path for path in started.parent.iterdir() if path.name.startswith(".")]


def test_new_refuses_a_folder_that_is_not_empty_and_leaves_it_alone(tmp_path, capsys, snapshot):
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["new", str(tmp_path)]) == 1
    assert capsys.readouterr().err.replace(str(tmp_path), "<folder>") == snapshot
    assert files(tmp_path) == ["mine.txt"]


def test_new_fills_the_empty_folder_one_stands_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "."]) == 0
    assert (tmp_path / "notebooks").is_dir()
    assert Path.cwd() == tmp_path


def test_new_that_fails_halfway_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device", "survey.xlsx")

    monkeypatch.setattr("dxkit.project.forms.survey_form.write_survey_workbook", fail)
    assert main(["new", str(tmp_path / "folder")]) == 1
    assert list(tmp_path.iterdir()) == []


PICTURE = "import matplotlib.pyplot as plt\n_, ax = plt.subplots()\n_ = ax.plot([1, 2])"
WORDS = 'ax.figure.dxkit_alt = "Two points & a <line>"'


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A notebook with a picture and its words, run with a file of one's own, where pictures have another backend."""
    folder = tmp_path_factory.mktemp("run")
    reads = "from pathlib import Path\nprint(Path(data).read_text())"
    path = notebook(folder / "q.ipynb", reads, f"{PICTURE}\n{WORDS}")
    before = path.read_bytes()
    (folder / "answers.csv").write_text("forty-two")
    lines = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLBACKEND", "Agg")
        written = run(path, data=folder / "answers.csv", out=folder / "out", say=lines.append)
    assert path.read_bytes() == before
    return folder, lines, written


def test_run_writes_a_page_and_its_pictures(ran):
    folder, _, written = ran
    assert files(folder / "out") == ["q.html", "q/01-a-question.png"]
    assert sorted(written) == sorted(path for path in (folder / "out").rglob("*") if path.is_file())
    assert (folder / "out" / "q" / "01-a-question.png").read_bytes().startswith(b"\x89PNG")


def test_run_reports_each_cell(ran):
    _, lines, _ = ran
    assert [line.removeprefix("q  ") for line in lines[:-1]] == [f"cell {i} of 3" for i in range(1, 4)]
    assert lines[-1].startswith("q  done in ")


def test_the_page_needs_no_network_holds_its_picture_and_does_not_tell_local_paths(ran):
    folder, *_ = ran
    page = (folder / "out" / "q.html").read_text(encoding="utf-8")
    assert "forty-two" in page
    assert "data:image/png;base64," in page
    assert "answers.csv" in page
    assert str(folder) not in page
    assert "<script src" not in page
    assert "cdnjs" not in page
    assert "<link" not in page


def test_run_does_not_overwrite_unless_told(ran, capsys):
    folder, *_ = ran
    page = folder / "out" / "q.html"
    before = page.stat().st_mtime_ns
    assert main(["run", str(folder / "q.ipynb"), "--out", str(folder / "out")]) == 1
    said = capsys.readouterr().err
    assert str(page) in said
    assert "--force" in said
    assert page.stat().st_mtime_ns == before


@pytest.mark.thorough
def test_force_replaces_its_own_pictures_and_no_other_file(ran, tmp_path):
    folder, *_ = ran
    out = shutil.copytree(folder / "out", tmp_path / "out")
    (out / "q" / "02-holiday.png").write_bytes(b"mine")
    (out / "q" / "mine.txt").write_text("mine")
    notebook(tmp_path / "q.ipynb", "1 + 1")
    run(tmp_path / "q.ipynb", out=out, force=True, say=lambda _: None)
    assert files(out) == ["q.html", "q/02-holiday.png", "q/mine.txt"]


@pytest.mark.parametrize("tags", [[], ["raises-exception"]])
@pytest.mark.thorough
def test_a_cell_that_fails_is_named_with_its_message_and_no_traceback(tmp_path, capsys, tags, snapshot):
    path = notebook(tmp_path / "q.ipynb", "1 / 0" if tags else "1", 'raise KeyError("no <team>")')
    book = nbformat.read(path, as_version=4)
    book.cells[2].metadata["tags"] = tags
    nbformat.write(book, path)
    assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err.replace(str(tmp_path), "<folder>")
    assert said == snapshot
    page = (tmp_path / "out" / "q.html").read_text()
    assert "This page is incomplete" in page
    assert "KeyError: 'no &lt;team&gt;'" in page


@pytest.mark.thorough
def test_what_hangs_on_a_failed_cell_is_left_out_and_the_rest_runs(tmp_path, capsys):
    path = notebook(tmp_path / "q.ipynb", "a = 1 / 0", "b = a + 1", "print(b)", "print('the rest')", "print(unknown)")
    assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 1
    page = (tmp_path / "out" / "q.html").read_text()
    assert "ZeroDivisionError: division by zero" in page
    assert "the rest" in page
    assert "name 'a'" not in page
    assert "name 'unknown' is not defined" in page
    assert "code cell 2: ZeroDivisionError" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.thorough
def test_one_s_own_data_drops_what_is_about_the_sample(tmp_path):
    path = notebook(tmp_path / "q.ipynb", "print('of the sample')", "print(data)")
    book = nbformat.read(path, as_version=4)
    book.cells[1].source = "# None takes the sample\ndata = None\nbefore = None"
    book.cells[2].metadata["tags"] = ["sample"]
    nbformat.write(book, path)
    (tmp_path / "answers.csv").write_text("a\n1\n")
    run(path, data=tmp_path / "answers.csv", out=tmp_path / "one", say=lambda _: None)
    book.cells[1].source = "# mine\ndata = 'answers.csv'\nbefore = None"
    nbformat.write(book, path)
    run(path, out=tmp_path / "two", say=lambda _: None)
    for page in ((tmp_path / out / "q.html").read_text() for out in ("one", "two")):
        assert "answers.csv" in page
        assert "sample" not in page[page.index("<body") :]


@pytest.mark.parametrize("source", ["%matplotlib inline\ndata = None\nbefore = 3", "data = None\nbefore = ("])
def test_parameters_beside_a_magic_are_kept_and_the_data_is_set_after_them(tmp_path, source):
    book = nbformat.read(notebook(tmp_path / "q.ipynb", "data"), as_version=4)
    book.cells[1].source = source
    told = cells.adapt(book, tmp_path / "q.ipynb", tmp_path / "it's mine.csv")
    assert told.shown == f'{source}\ndata = "it\'s mine.csv"'
    assert told.cell.source.startswith(f"{source}\ndata = ")


@pytest.mark.simulated
def test_every_way_in_which_a_cell_can_stop_is_told_and_the_page_has_them_all(tmp_path, capsys):
    """A notebook of an awkward name, for a kernel that is not installed, on a file of an awkward name."""
    asks = ["input()", "import getpass\ngetpass.getpass()"]
    magics = ["%no_such_magic\n1 / 0", "%%no_such_magic\n1", "%timeit -z 1"]
    path = notebook(
        tmp_path / "a b (c) ü.ipynb", "print(data)", *magics, "import sys\nsys.exit(3)", *asks, "print('last')"
    )
    (tmp_path / "it's data.csv").write_text("a\n1\n")
    assert main(["run", str(path), "--data", str(tmp_path / "it's data.csv"), "--out", str(tmp_path / "out")]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"{path.name}, code cell 3: UsageError: Line magic function `%no_such_magic` not found")
    page = (tmp_path / "out" / f"{path.stem}.html").read_text()
    assert page.count('role="alert"') == 1 + len(magics) + 1 + len(asks)
    assert "SystemExit: 3" in page
    assert "it's data.csv" in html.unescape(page)
    assert "Traceback" not in page[page.index("<body") :]


@pytest.mark.simulated
def test_a_kernel_that_dies_is_told_by_its_cell(tmp_path, capsys):
    path = notebook(tmp_path / "q.ipynb", "print('seen')", "import os\nos._exit(1)", "print('after')")
    assert main(["run", str(path), "--out", str(tmp_path / "out")]) == 1
    assert "q.ipynb, code cell 3: the kernel died" in capsys.readouterr().err.splitlines()[-1]
    assert "seen" in (tmp_path / "out" / "q.html").read_text()


@pytest.mark.simulated
def test_a_page_asks_nothing_of_the_network_whatever_its_cells_show(tmp_path):
    shown = ["import ipywidgets\nipywidgets.IntSlider()", "from IPython.display import Math\nMath('x^2')", PICTURE]
    path = notebook(tmp_path / "q.ipynb", *shown, "import pandas as pd\npd.DataFrame({'a': [1]})")
    run(path, out=tmp_path / "out", say=lambda _: None)
    page = (tmp_path / "out" / "q.html").read_text()
    assert not re.findall(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert not re.findall(r"unpkg|cdnjs|jsdelivr|<script src", page)
    assert "IntSlider" in page


def test_the_text_of_a_picture_goes_into_the_page(ran):
    folder, *_ = ran
    assert 'alt="Two points &amp; a &lt;line&gt;"' in (folder / "out" / "q.html").read_text()


def test_a_fault_of_a_table_is_told_in_full(tmp_path, capsys, snapshot):
    path = notebook(tmp_path / "q.ipynb", "import dxkit as dx\ndx.open_survey(data)")
    (tmp_path / "codebook.csv").write_text("item,text,kind,scale\nci,CI,rating,agreement5\nqa,QA,rating,agreement5\n")
    (tmp_path / "answers.csv").write_text("ci,qa\n9,4\n3,8\n")
    command = ["run", str(path), "--data", str(tmp_path / "answers.csv"), "--out", str(tmp_path / "out")]
    assert main(command) == 1
    said = capsys.readouterr().err.replace(str(tmp_path), "<folder>")
    assert "answers.csv" in said
    assert said == snapshot
    assert "Traceback" not in said


@pytest.mark.thorough
def test_save_stores_outputs_so_that_a_second_run_changes_nothing(tmp_path):
    path = notebook(tmp_path / "q.ipynb", "6 * 7", PICTURE)
    run(path, save=True, say=lambda _: None)
    first = path.read_bytes()
    run(path, save=True, say=lambda _: None)
    assert path.read_bytes() == first
    stored = json.loads(first)
    assert stored["metadata"]["language_info"] == {"name": "python"}
    code = [cell for cell in stored["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3]
    assert code[1]["outputs"][0]["data"]["text/plain"] in ("42", ["42"])
    assert base64.b64decode(code[2]["outputs"][0]["data"]["image/png"])
    assert [set(cell["metadata"]) for cell in code] == [{"tags"}, set(), set()]
    assert files(tmp_path) == ["q.ipynb"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing.ipynb"],
        ["."],
        ["broken.ipynb"],
        ["q.ipynb", "--data", "missing.csv"],
        ["q.ipynb", "--data", "nowhere"],
        ["q.ipynb", "--save", "--data", "answers.csv"],
        ["q.ipynb", "--out", "answers.csv"],
        ["plain.ipynb", "--data", "answers.csv"],
        ["r.ipynb"],
        ["old_r.ipynb"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_run_is_said_in_one_line(tmp_path, monkeypatch, capsys, arguments, snapshot):
    (tmp_path / "empty").mkdir()
    notebook(tmp_path / "q.ipynb", "1")
    nbformat.write(V4.new_notebook(cells=[V4.new_code_cell("1")]), tmp_path / "plain.ipynb")
    (tmp_path / "broken.ipynb").write_text("{")
    in_r = V4.new_notebook(cells=[V4.new_code_cell("x <- 1")])
    in_r.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    nbformat.write(in_r, tmp_path / "r.ipynb")
    in_r.metadata = {"kernelspec": {"name": "ir", "display_name": "R"}, "language_info": {"name": "R"}}
    nbformat.write(in_r, tmp_path / "old_r.ipynb")
    (tmp_path / "answers.csv").write_text("a\n1\n")
    monkeypatch.chdir(tmp_path / "empty" if arguments == ["."] else tmp_path)
    assert main(["run", *arguments]) == 1
    said = capsys.readouterr().err
    assert said == snapshot
    assert len(said.splitlines()) == 1


def test_wrong_usage_is_exit_code_two(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["run"])
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_command_tells_its_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"dxkit {dx.__version__}\n"
    assert f"\nversion: {dx.__version__}\n" in (ROOT / "CITATION.cff").read_text()


def test_run_without_jupyter_says_what_to_install(monkeypatch, tmp_path, refusal):
    monkeypatch.setitem(sys.modules, "nbclient", None)
    with refusal():
        run(notebook(tmp_path / "q.ipynb", "1"), say=lambda _: None)


def test_stopping_by_hand_leaves_no_traceback(monkeypatch, capsys, snapshot):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("dxkit.project.run.run", stop)
    assert main(["run", "q.ipynb"]) == 130
    assert capsys.readouterr().err == snapshot


@pytest.mark.thorough
def test_the_command_is_quiet_on_the_terminal(tmp_path, snapshot):
    path = notebook(tmp_path / "q.ipynb", PICTURE)
    command = [sys.executable, "-m", "dxkit", "run", str(path), "--out", str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].replace(str(tmp_path), "<folder>") == snapshot


@pytest.mark.parametrize(
    "name",
    [
        "company/codebook.csv",
        "company/roster.csv",
        "company/responses_2026-Q3.csv",
        "github_oss_2017/scales.csv",
    ],
)
def test_check_knows_what_a_table_is(name, capsys, snapshot):
    assert main(["check", str(dx.samples.path(name))]) == 0
    assert capsys.readouterr().out == snapshot


def test_check_names_every_fault_of_every_file_with_its_cell(tmp_path, capsys, snapshot):
    (tmp_path / "codebook.csv").write_text(
        "item,text,kind,scale\nteam,Team,segment,\nci,CI is fast,rating,agreement5\n"
    )
    (tmp_path / "a.csv").write_text("team,ci\nRed,9\nRed,4\nBlue,maybe\n")
    (tmp_path / "b.csv").write_text("team,ci\nRed,4\nRed,5\n")
    assert main(["check", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), str(tmp_path / "c.csv")]) == 1
    said = capsys.readouterr().out
    assert "a.csv, row 2" in said
    assert "a.csv, row 4" in said
    assert said == snapshot


def test_check_takes_the_codebook_from_elsewhere(tmp_path, capsys):
    answers = shutil.copy(dx.samples.path("company/responses_2026-Q3.csv"), tmp_path / "mine.csv")
    assert main(["check", str(answers)]) == 1
    assert "--codebook FILE" in capsys.readouterr().out
    assert main(["check", str(answers), "--codebook", str(dx.samples.path("company/codebook.csv"))]) == 0


def test_check_of_a_folder_asks_for_the_file(tmp_path, refusal):
    with refusal():
        check(tmp_path)


@pytest.fixture
def workbook(tmp_path):
    """A folder with survey.xlsx, whose roster sheet is as given, and answers beside it."""

    def make(*roster, teams=("Red", "Red")):
        book = openpyxl.Workbook()
        book.active.title = "codebook"
        for row in (
            ["item", "text", "kind", "scale"],
            ["team", "Team", "segment", ""],
            ["ci", "CI is fast", "rating", "agreement5"],
        ):
            book.active.append(row)
        for row in roster:
            (book["roster"] if "roster" in book.sheetnames else book.create_sheet("roster")).append(row)
        book.save(tmp_path / "survey.xlsx")
        (tmp_path / "answers.csv").write_text("team,ci\n" + "".join(f"{team},4\n" for team in teams))
        return str(tmp_path / "survey.xlsx"), str(tmp_path / "answers.csv")

    return make


def test_check_reads_the_roster_in_the_workbook(workbook, capsys, snapshot):
    assert main(["check", *workbook(["team", "headcount"], ["Red", 7])]) == 0
    said = capsys.readouterr().out
    assert said == snapshot


def test_check_tells_a_team_that_the_roster_in_the_workbook_lacks(workbook, capsys, snapshot):
    assert main(["check", workbook(["team", "headcount"], ["Red", 7], teams=["Red", "Blue", "Blue"])[1]]) == 1
    assert capsys.readouterr().out == snapshot


def test_check_tells_the_faults_of_the_roster_in_the_workbook(workbook, capsys, snapshot):
    for path in workbook(["team", "headcount"], ["Red", "many"]):
        assert main(["check", path]) == 1
        said = capsys.readouterr().out
        assert "survey.xlsx, sheet roster, cell B2" in said
        assert said == snapshot


def test_check_names_the_groups_that_have_more_answers_than_people(workbook, capsys, snapshot):
    """A note that others may read only counts them; who runs the check keeps the roster."""
    teams = ["Red"] * 21 + ["Blue"] * 19
    files = workbook(["team", "headcount"], ["Red", 20], ["Blue", 20], teams=teams)
    assert main(["check", files[1]]) == 0
    assert capsys.readouterr().out == snapshot
    assert "1 group of team has more answers than headcount" in dx.open_survey(files[1]).notes
    files = workbook(["team", "headcount"], ["Red", 14], ["Blue", 20], teams=teams)
    assert main(["check", files[1]]) == 1
    assert capsys.readouterr().out == snapshot


def test_check_says_that_there_is_no_roster(workbook, capsys, snapshot):
    assert main(["check", *workbook()]) == 0
    assert capsys.readouterr().out == snapshot


@pytest.mark.thorough
def test_a_file_that_a_notebook_writes_lands_beside_its_pictures(tmp_path):
    costs = "{'costs': pd.DataFrame({'vendor': ['A'], 'line': 'seats', 'timing': 'yearly', 'likely': [1000]})}"
    cell = f"dx.write_workbook(dx.read_dossier({costs}), dx.out('decision.xlsx'))"
    path = notebook(tmp_path / "q.ipynb", f"import dxkit as dx\nimport pandas as pd\n{cell}")
    written = run(path, out=tmp_path / "out", say=lambda _: None)
    book = tmp_path / "out" / "q" / "decision.xlsx"
    assert book in written
    assert dx.read_dossier(book).changed.empty


def test_a_name_for_a_file_is_no_path(tmp_path, monkeypatch, refusal):
    monkeypatch.setenv("DXKIT_OUT", str(tmp_path))
    assert dx.out("a.xlsx") == tmp_path / "a.xlsx"
    with refusal():
        dx.out("../a.xlsx")
