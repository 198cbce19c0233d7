"""Where a Qualtrics question stands in the survey flow, and on which condition it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dxkit.files.errors import and_more
from dxkit.survey.reading.structure.conditions import joined

_CHOICE = re.compile(r"q://(QID\w+)/SelectableChoice/(\w+)")
_ANSWER = re.compile(r"q://(QID\w+)/(?:ChoiceTextEntryValue|ChoiceNumericEntryValue|SelectedChoicesRecode)(?:/\w+)?")
_SIGNS = {"EqualTo": "=", "NotEqualTo": "!=", "GreaterThan": ">", "LessThan": "<", "Selected": "=", "NotSelected": "!="}
_SEVERAL = {"several": "branches lead to the block"}  # no simple condition
_SIGNS |= {"GreaterThanOrEqual": ">=", "LessThanOrEqual": "<="}


@dataclass(frozen=True)
class Place:
    """A question in its block: the question's id, the block's name, the logic of the branches around it."""

    id: str
    section: str = ""
    logic: tuple[Any, ...] = ()


class Coded(Protocol):
    """A question that knows its own code and those of its choices."""

    code: str

    def option_code(self, key: str) -> str | None: ...


def places(elements: list[dict[str, Any]], questions: list[str]) -> tuple[list[Place], list[str], list[str]]:
    """The questions in the order in which people meet them, the ids of those that nobody meets, and notes."""
    blocks: dict[str, dict[str, Any]] = {}
    for element in elements:
        if element.get("Element") == "BL":
            for block in as_list(element.get("Payload")):
                if isinstance(block, dict):
                    blocks.setdefault(str(block.get("ID") or f"unnamed {len(blocks)}"), block)
    if not blocks:
        return [Place(name) for name in questions], [], []
    flows = [element.get("Payload") for element in elements if element.get("Element") == "FL"]
    order = _blocks_of(flows, ()) or [(name, ()) for name in blocks]
    placed: dict[str, Place] = {}
    looped = []
    for name, logic in order:
        block = blocks.get(name, {})
        if block.get("Type") == "Trash":
            continue
        members = [member for member in _members(block) if member in questions]
        if (
            members
            and isinstance(block.get("Options"), dict)
            and block["Options"].get("Looping") not in (None, "None", "")
        ):
            looped.append(str(block.get("Description", name)))
        for member in members:
            again = placed.get(member)
            both = logic if again is None else () if not (logic and again.logic) else (*logic, *again.logic, _SEVERAL)
            placed[member] = Place(member, str(block.get("Description") or ""), both)
    notes = []
    if looped:
        notes.append(f"blocks that are repeated, their columns begin with the number of the round: {and_more(looped)}")
    return list(placed.values()), [name for name in questions if name not in placed], notes


def condition(logics: list[Any], known: Mapping[str, Coded]) -> tuple[str, bool]:
    """The conditions in the common form, and whether all could be read so."""
    given = [logic for logic in logics if isinstance(logic, dict) and logic]
    if not given:
        return "", True
    read = joined(_logic(logic, known) for logic in given)
    return read, bool(read)


def _logic(logic: dict[str, Any], known: Mapping[str, Coded]) -> str:
    """Groups of comparisons: "0", "1", ... hold groups, whose "0", "1", ... hold comparisons."""
    groups = []
    words = set()
    for group in _counted(logic):
        parts = []
        for number, part in enumerate(_counted(group)):
            parts.append(_comparison(part, known))
            if number:
                words.add("or" if str(part.get("Conjuction") or part.get("Conjunction")).casefold() == "or" else "and")
        if groups:
            words.add("or" if str(group.get("Type")).casefold() in ("orif", "elseif") else "and")
        groups += parts
    if len(words) > 1 or not groups:
        return ""
    return joined(groups, *words)


def _comparison(part: dict[str, Any], known: Mapping[str, Coded]) -> str:
    place, sign = str(part.get("LeftOperand") or part.get("ChoiceLocator")), _SIGNS.get(str(part.get("Operator")))
    if sign is None:
        return ""
    if (chosen := _CHOICE.fullmatch(place)) and chosen[1] in known:
        code = known[chosen[1]].option_code(chosen[2])
        return (
            f"{known[chosen[1]].code} {sign} {code}" if code and str(part.get("Operator")).endswith("elected") else ""
        )
    answer = _ANSWER.fullmatch(place)
    right = part.get("RightOperand")
    if answer and answer[1] in known and isinstance(right, str | int) and str(right).strip():
        return f"{known[answer[1]].code} {sign} {str(right).strip()}"
    return ""


def _counted(value: object) -> list[dict[str, Any]]:
    """The parts under "0", "1", ... of a group of logic."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [part for key, part in pairs if str(key).isdecimal() and isinstance(part, dict)]


def _members(block: dict[str, Any]) -> list[str]:
    members = [member for member in as_list(block.get("BlockElements")) if isinstance(member, dict)]
    return [str(member.get("QuestionID")) for member in members if member.get("Type") == "Question"]


def _blocks_of(flow: object, logic: tuple[Any, ...]) -> list[tuple[str, tuple[Any, ...]]]:
    """The blocks of the flow in its order, each with the logic of the branches around it."""
    found = []
    for step in as_list(flow):
        if not isinstance(step, dict):
            continue
        inside = (*logic, step["BranchLogic"]) if step.get("Type") == "Branch" and step.get("BranchLogic") else logic
        if step.get("Type") in ("Block", "Standard") and step.get("ID"):
            found.append((str(step["ID"]), inside))
        found += _blocks_of(step.get("Flow"), inside)
    return found


def as_dict(value: object) -> dict[str, Any]:
    """The object; an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The list, or the values of an object that is used as one.

    >>> as_list({"0": "a"}), as_list(None)
    (['a'], [])
    """
    return value if isinstance(value, list) else list(as_dict(value).values())


def word(value: object) -> str:
    """A code or setting; "" for what is neither text nor a whole number.

    >>> word(3), word(" Q1 "), word(None), word(True)
    ('3', 'Q1', '', '')
    """
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
