"""The questions of a Qualtrics survey, from its .qsf file (JSON)."""

import json
from collections.abc import Iterator
from typing import Any

from dxkit.files.errors import fault_at
from dxkit.files.opening import OpenedFile
from dxkit.survey.reading.structure.model import Line, Option, Question, Structure, assembled, number_of
from dxkit.survey.reading.structure.plain_text import in_line, plain
from dxkit.survey.reading.structure.qualtrics_flow import as_dict, as_list, placed, word

MOST_BYTES = 40 * 2**20
_FILLED = {"Timing", "Meta"}
_OMITTED = frozenset("SBS PGR DD HotSpot HeatMap Draw FileUpload HL TreeSelect MaxDiff Conjoint".split())
_Side = list[tuple[str, str, dict]]  # number, label and settings of each choice


def read(file: OpenedFile) -> Structure:
    """The questions in the order of the survey flow; those in the trash, and those in no block, are left out."""
    try:
        elements = [each for each in as_list(_survey(file)["SurveyElements"]) if isinstance(each, dict)]
        payloads: dict[str, dict[str, Any]] = {}
        for element in elements:
            payload = element.get("Payload")
            if element.get("Element") == "SQ" and isinstance(payload, dict):
                name = word(element.get("PrimaryAttribute")) or word(payload.get("QuestionID"))
                payloads.setdefault(name, payload)
        asked = [_Asked(name, payloads) for name in placed(elements, list(payloads))]
        return assembled("Qualtrics", file.name, (question for one in asked for question in one.questions()))
    except RecursionError:
        raise fault_at("the survey is nested too deeply; export it from Qualtrics again", file=file.name) from None


def _survey(file: OpenedFile) -> dict[str, Any]:
    data = file.data()
    if len(data) > MOST_BYTES:
        raise fault_at(
            f"the file has {len(data) >> 20} MiB, more than any survey ({MOST_BYTES >> 20}); check it", file=file.name
        )
    try:
        survey = json.loads(data)
    except json.JSONDecodeError as error:
        message = "the JSON is broken or cut short here; export the survey from Qualtrics again"
        raise fault_at(message, file=file.name, row=error.lineno, column=f"column {error.colno}") from None
    except (UnicodeDecodeError, ValueError):
        raise fault_at("this is not the text of a .qsf file; export the survey again", file=file.name) from None
    if not isinstance(survey, dict) or not isinstance(survey.get("SurveyElements"), list | dict):
        raise fault_at(
            "this JSON is not a Qualtrics survey (it has no SurveyElements); use Tools, Import/Export, Export survey",
            file=file.name,
        )
    return survey


class _Asked:
    """One question element: its export codes, and the questions it makes."""

    def __init__(self, name: str, payloads: dict[str, dict[str, Any]]) -> None:
        self.id, self.payload = name, payloads[name]
        self.code = word(self.payload.get("DataExportTag")) or name
        self.type, self.selector = word(self.payload.get("QuestionType")), word(self.payload.get("Selector"))
        self.text = plain(self.payload.get("QuestionText"))
        self.choices = self._side("Choices", "ChoiceOrder", payloads)
        self.answers = self._side("Answers", "AnswerOrder", payloads)
        self.kind = self._kind()

    def _kind(self) -> str:
        """A kind of question; "" for texts that are only shown and for types that are left out."""
        if self.type in _FILLED:
            return "ignore"
        if self.selector in _OMITTED:
            return ""
        if self.type == "MC":
            return "multi" if self.selector.startswith("MA") or self.selector == "MSB" else "one"
        if self.type == "Matrix":
            if self.selector in ("TE", "CS", "RO"):
                return {"TE": "text", "CS": "number", "RO": "rank"}[self.selector]
            return "multi" if word(self.payload.get("SubSelector")) == "MultipleAnswer" else "grid"
        if self.type == "TE":
            settings = as_dict(as_dict(self.payload.get("Validation")).get("Settings"))
            content = word(settings.get("ContentType")) if word(settings.get("Type")) == "ContentType" else ""
            return {"ValidNumber": "number", "ValidDate": "date"}.get(content, "text")
        return {"Slider": "number", "CS": "number", "RO": "rank"}.get(self.type, "")

    def questions(self) -> Iterator[Question]:
        """The question; of a matrix with several answers a line, one question for each line."""
        if not self.kind:
            return
        of_line = self.type == "Matrix" and self.kind != "grid"
        texts = tuple(self._texts())
        for code, text, tag in self._lines() if of_line else ():
            common: dict[str, Any] = {"code": code, "text": in_line(self.text, text), "kind": self.kind, "ids": tag}
            common["texts"] = (f"{code}_TEXT",) * (f"{code}_TEXT" in texts)
            if self.kind in ("multi", "rank"):
                yield Question(options=tuple(self._options(self.answers, code)), **common)
            else:
                yield Question(lines=tuple(Line(f"{code}_{key}", label) for key, label, _ in self.answers), **common)
        if of_line:
            return
        common = {"code": self.code, "text": self.text, "kind": self.kind}
        common["ids"] = (self.id,) if self.id != self.code else ()
        lines = tuple(Line(code, text) for code, text, _ in self._lines())
        if self.kind == "grid":
            yield Question(options=tuple(self._options(self.answers)), lines=lines, texts=texts, **common)
        elif self.kind in ("one", "multi", "rank"):
            start = "" if self.kind == "one" else self.code
            yield Question(options=tuple(self._options(self.choices, start)), texts=texts, **common)
        else:
            low, high = self._limits()
            yield Question(lines=() if self.type in _FILLED else lines, low=low, high=high, **common)

    def _options(self, side: _Side, start: str = "") -> Iterator[Option]:
        """The options of one side of the question; those that begin a header get the header of their column."""
        codes, analysed = as_dict(self.payload.get("RecodeValues")), as_dict(self.payload.get("AnalyzeChoices"))
        keys = {key for key, _, _ in side}
        for key, label, _ in side:
            code = word(codes.get(key)) or key
            value = number_of(code)
            # an old export has the number of the choice where a new one has its code
            certain = start and (code == key or (code not in keys and self.kind != "rank"))
            missing = word(analysed.get(key)) == "No" or (value is not None and value < 0)
            yield Option(code, label or code, f"{start}_{code}" if certain else "", missing)

    def _lines(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Header and text of each statement; and the author's tag, which stands alone in old exports."""
        named = _numbered(self.payload.get("ChoiceDataExportTags"))
        for key, label, _ in self.choices:
            tag = word(named.get(key)) or key
            yield f"{self.code}_{tag}", label, () if tag == key else (tag,)

    def _texts(self) -> Iterator[str]:
        """The headers of columns for the own texts of choices such as "Other"."""
        starts = [code for code, _, _ in self._lines()]
        if self.type != "Matrix":
            starts = [f"{self.code}_{option.code}" for option in self._options(self.choices)]
        for start, (_, _, choice) in zip(starts, self.choices, strict=True):
            if choice.get("TextEntry") is True or word(choice.get("TextEntry")).casefold() in ("true", "1", "yes"):
                yield f"{start}_TEXT"

    def _side(self, name: str, order: str, others: dict[str, dict[str, Any]]) -> _Side:
        """Number, label and settings of each choice, in the order shown; also those carried over from a question."""
        choices = _numbered(self.payload.get(name))
        dynamic = as_dict(self.payload.get("DynamicChoices" if name == "Choices" else "DynamicAnswers"))
        parts = word(dynamic.get("Locator")).split("/")
        carried = others.get(parts[2], {}) if len(parts) > 2 else {}
        for key, choice in _numbered(carried.get("Answers" if "Answers" in parts else "Choices")).items():
            earlier = choices.get(f"x{key}")
            if not as_dict(earlier).get("Display"):
                choices[f"x{key}"] = choice
        ordered = [word(key) for key in as_list(self.payload.get(order))]
        keys = [key for key in dict.fromkeys((*ordered, *choices)) if key in choices]
        found = []
        for key in keys:
            choice = choices[key] if isinstance(choices[key], dict) else {"Display": choices[key]}
            image = as_dict(choice.get("Image")).get("Display")
            shown = choice.get("Display") or image
            found.append((key, plain(shown), choice))
        return found

    def _limits(self) -> tuple[float | None, float | None]:
        settings = as_dict(as_dict(as_dict(self.payload.get("Validation")).get("Settings")).get("ValidNumber"))
        slider = as_dict(self.payload.get("Configuration")) if self.type == "Slider" else {}
        low, high = slider.get("CSSliderMin", settings.get("Min")), slider.get("CSSliderMax", settings.get("Max"))
        return number_of(low), number_of(high)


def _numbered(value: object) -> dict[str, Any]:
    """Choices by their number; a list counts from 0, as Qualtrics writes it for 0 to 10."""
    return {str(i): choice for i, choice in enumerate(value)} if isinstance(value, list) else dict(as_dict(value))
