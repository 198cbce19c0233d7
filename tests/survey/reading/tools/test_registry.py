"""What must hold for every tool in the registry."""

from pathlib import Path

import pytest

from dxkit.survey.reading.tools.registry import TOOLS, is_personal, is_technical, recognise, tool_named
from tests.survey.reading.one_survey import check_nobody_is_lost


def test_each_tool_of_the_registry_has_its_test():
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert tests == {tool.name for tool in TOOLS} | {"registry"}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_is_recognised_by_its_signs_and_named_in_any_spelling(tool):
    header = sorted(tool.signs)
    assert recognise(header, [], [])[0] is tool
    for name in (tool.name, tool.name.replace("_", " ").title(), tool.name.replace("_", "").upper()):
        assert tool_named(name) is tool


@pytest.mark.parametrize("tool", TOOLS)
def test_a_sign_is_either_technical_or_personal(tool):
    for sign in tool.signs:
        assert is_personal(sign) != is_technical(tool, sign), sign


@pytest.mark.parametrize("tool", TOOLS)
def test_a_file_without_the_columns_of_the_tool_loses_nobody(tool, tmp_path):
    check_nobody_is_lost(tmp_path, tool.name)
