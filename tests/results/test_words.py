"""The sentences of each language: none is missing, and none is left over."""

import ast
import string

import pytest

from dxkit.results.words import LANGUAGES, number, say, sentences, speaking
from tests.places import ROOT

MADE = (  # keys with a part that the data name
    *("axis.", "burden.", "verdict.", "scores.at_", "scores.about", "status.", "clause.", "must.", "moved.", "state."),
    *("release.", "page.for_", "table.", "input.", "left_out."),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_with_the_same_values(language):
    table = sentences(language)
    assert table.keys() == sentences("en").keys()
    for key, said in table.items():
        assert said.strip(), key
        assert _values(said) == _values(sentences("en")[key]), key


def _values(said):
    return {name for _, name, _, _ in string.Formatter().parse(said) if name}


def test_every_key_that_the_package_says_is_in_the_table_and_no_other():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "dxkit").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say"]
    called = {key for call in calls for key in _texts(ast.walk(call.args[0])) if "." in key}
    assert {key for key in called if not key.endswith((".", "_"))} <= sentences("en").keys()
    assert [key for key in sentences("en").keys() - _texts(nodes) if not key.startswith(MADE)] == []


def _texts(nodes):
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_a_language_is_spoken_to_the_end_of_its_block():
    with speaking("de"):
        assert number(-1234.56, 1) == "-1.234,6"
        assert say("format.and") == "und"
    assert say("format.and") == "and"
