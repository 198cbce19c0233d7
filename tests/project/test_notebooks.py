"""The stored notebooks are fit for strict comparison: nothing was left unrun, nothing changes from run to run."""

import json
import re

import pytest

from tests.places import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LOCAL = re.compile(r"/(home|root|work|tmp|Users|var)/|[A-Z]:\\\\")
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}|https?://")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return json.loads(request.param.read_text())


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_there_are_notebooks():
    assert [path.stem for path in NOTEBOOKS] == [
        "00_start_here",
        "01_where_does_it_hurt",
        "02_which_two",
        "03_which_tool",
        "04_own_and_leave",
        "05_did_it_work",
    ]


def test_every_cell_was_run_in_order(notebook):
    assert [cell["execution_count"] for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))


def test_nothing_was_written_to_stderr_and_nothing_failed(notebook):
    outputs = [output for cell in code(notebook) for output in cell["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]


def test_no_output_depends_on_the_machine(notebook):
    for cell in code(notebook):
        for output in cell["outputs"]:
            data = {kind: text for kind, text in output.get("data", {}).items() if not kind.startswith("image/")}
            text = json.dumps([data, output.get("text", "")])
            assert not LOCAL.search(text)
            assert not ADDRESS.search(text)
            assert 'class=\\"dataframe\\"' not in text
            assert "widget" not in text


def test_no_cell_ends_with_a_semicolon_or_asks_nbval_to_look_away(notebook):
    for cell in code(notebook):
        source = "".join(cell["source"])
        assert not source.rstrip().endswith(";")
        assert "NBVAL" not in source


def test_no_code_cell_is_long(notebook):
    for cell in code(notebook):
        assert len(cell["source"]) <= 12, cell["id"]


def test_one_cell_takes_the_parameters(notebook):
    tagged = [cell for cell in code(notebook) if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    assert "data = None" in "".join(tagged[0]["source"])


def test_the_metadata_says_nothing_that_changes(notebook):
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags"}


def test_every_cell_that_draws_has_its_picture(notebook):
    drawing = [cell for cell in code(notebook) if ".plot(" in "".join(cell["source"])]
    assert drawing
    for cell in drawing:
        assert any("image/png" in output.get("data", {}) for output in cell["outputs"]), "".join(cell["source"])
