"""The order of a Qualtrics survey, from its blocks and its flow."""

from typing import Any


def placed(elements: list[dict[str, Any]], questions: list[str]) -> list[str]:
    """The ids of the questions in the order in which people meet them; nobody meets those in no block."""
    blocks: dict[str, dict[str, Any]] = {}
    for element in elements:
        if element.get("Element") == "BL":
            for block in as_list(element.get("Payload")):
                if isinstance(block, dict):
                    blocks.setdefault(str(block.get("ID") or f"unnamed {len(blocks)}"), block)
    if not blocks:
        return questions
    flows = [element.get("Payload") for element in elements if element.get("Element") == "FL"]
    order = [blocks.get(name, {}) for name in _blocks_of(flows) or blocks]
    members = [name for block in order if block.get("Type") != "Trash" for name in _members(block)]
    return [name for name in dict.fromkeys(members) if name in questions]


def _members(block: dict[str, Any]) -> list[str]:
    members = [member for member in as_list(block.get("BlockElements")) if isinstance(member, dict)]
    return [str(member.get("QuestionID")) for member in members if member.get("Type") == "Question"]


def _blocks_of(flow: object) -> list[str]:
    """The blocks of the flow in its order."""
    found = []
    for step in as_list(flow):
        if isinstance(step, dict):
            if step.get("Type") in ("Block", "Standard") and step.get("ID"):
                found.append(str(step["ID"]))
            found += _blocks_of(step.get("Flow"))
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
