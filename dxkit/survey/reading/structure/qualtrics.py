"""The questions of a Qualtrics survey, from its .qsf file (JSON)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from dxkit.files.errors import and_more, fault_at
from dxkit.files.opening import OpenedFile
from dxkit.survey.reading.structure import qualtrics_flow
from dxkit.survey.reading.structure.conditions import unread
from dxkit.survey.reading.structure.model import (
    Line,
    Option,
    Question,
    Structure,
    assembled,
    chosen_language,
    number_of,
)
from dxkit.survey.reading.structure.plain_text import in_line, plain
from dxkit.survey.reading.structure.qualtrics_flow import as_dict, as_list, word

MOST_BYTES = 40 * 2**20
_SHOWN = {"DB", "Captcha"}
_FILLED = {"Timing", "Meta"}
_OMITTED = {
    "SBS": "side by side",
    "PGR": "pick, group and rank",
    "DD": "drill down",
    "HotSpot": "hot spot",
    "HeatMap": "heat map",
    "Draw": "signature",
    "FileUpload": "file upload",
    "HL": "highlight",
    "TreeSelect": "tree",
    "MaxDiff": "best and worst",
    "Conjoint": "conjoint",
}


def read(file: OpenedFile, language: str | None = None) -> Structure:
    """The questions in the order of the survey flow; those in the trash, and those in no block, are left out."""
    try:
        return _structure(_survey(file), file.name, language)
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


def _structure(survey: dict[str, Any], file: str, language: str | None) -> Structure:
    elements = [element for element in as_list(survey["SurveyElements"]) if isinstance(element, dict)]
    payloads: dict[str, dict[str, Any]] = {}
    again: list[str] = []
    for element in elements:
        payload = element.get("Payload")
        if element.get("Element") == "SQ" and isinstance(payload, dict):
            name = word(element.get("PrimaryAttribute")) or word(payload.get("QuestionID"))
            if payloads.setdefault(name, payload) is not payload:
                again.append(word(payload.get("DataExportTag")) or name)
    own = word(as_dict(survey.get("SurveyEntry")).get("SurveyLanguage"))
    languages = list(
        dict.fromkeys(filter(None, (own, *(name for p in payloads.values() for name in as_dict(p.get("Language"))))))
    )
    spoken = chosen_language(language, languages, own, file)
    known = {name: _Asked(name, p, payloads, "" if spoken == own else spoken) for name, p in payloads.items()}
    placed, left, notes = qualtrics_flow.places(elements, list(payloads))
    notes += [f"questions with the number of an earlier one are left out: {and_more(again)}"] if again else []
    unplaced = [known[name].code for name in left]
    notes += [f"left out, as in the trash or in no block of the flow: {and_more(unplaced)}"] if unplaced else []
    notes += [f"{what} left out: {and_more(codes)}" for what, codes in _omitted([known[p.id] for p in placed]).items()]
    questions, complex_ones = [], []
    for place in placed:
        asked = known[place.id]
        logic = [*place.logic, asked.payload.get("DisplayLogic")]
        condition, read = qualtrics_flow.condition(logic, known)
        for question in asked.questions(condition, place.section):
            questions.append(question)
            if not read:
                complex_ones.append(question.code)
    return assembled(
        "Qualtrics", file, questions, [*notes, *unread(complex_ones)], language=spoken, languages=languages
    )


def _omitted(asked: Iterable[_Asked]) -> dict[str, list[str]]:
    """The codes of questions of a kind that no table of answers has room for, by the name of that kind."""
    found: dict[str, list[str]] = {}
    for one in asked:
        if not one.kind and one.type not in _SHOWN:
            found.setdefault(f"questions of the type {_OMITTED.get(one.special, one.special)}", []).append(one.code)
    return found


class _Asked:
    """One question element: its export codes, and the questions it makes."""

    def __init__(self, name: str, payload: dict[str, Any], others: dict[str, dict[str, Any]], language: str) -> None:
        self.id, self.payload = name, payload
        self.code = word(payload.get("DataExportTag")) or name
        self.type, self.selector = word(payload.get("QuestionType")), word(payload.get("Selector"))
        self.special = self.selector if self.selector in _OMITTED else self.type or "unknown"
        self.translation = as_dict(as_dict(payload.get("Language")).get(language))
        self.text = plain(self.translation.get("QuestionText") or payload.get("QuestionText"))
        self.choices = self._side("Choices", "ChoiceOrder", others)
        self.answers = self._side("Answers", "AnswerOrder", others)
        self.kind = self._kind()

    def _kind(self) -> str:
        """A kind of question; "" for texts that are only shown and for types that are left out."""
        if self.type in _FILLED:
            return "ignore"
        if self.special in _OMITTED:
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

    def questions(self, condition: str, section: str) -> Iterator[Question]:
        """The question; of a matrix with several answers a line, one question for each line."""
        common: dict[str, Any] = {
            "asked_if": condition,
            "section": section,
            "ids": (self.id,) if self.id != self.code else (),
        }
        if not self.kind:
            return
        if self.type == "Matrix" and self.kind != "grid":
            texts = {text.code: text for text in self.texts()}
            for line in self.lines():
                text, start = in_line(self.text, line.text), line.code
                common["ids"] = line.also
                common["texts"] = tuple(filter(None, [texts.get(f"{start}_TEXT")]))
                if self.kind in ("multi", "rank"):
                    options = tuple(self.options(self.answers, start))
                    yield Question(code=start, text=text, kind=self.kind, options=options, **common)
                else:
                    fields = tuple(
                        Line(f"{start}_{key}", label, (f"{start}_{key}_TEXT",) if self.kind == "text" else ())
                        for key, label, _ in self.answers
                    )
                    yield Question(code=start, text=text, kind=self.kind, lines=fields, **common)
        elif self.kind == "grid":
            options, lines = tuple(self.options(self.answers)), tuple(self.lines())
            yield Question(
                code=self.code, text=self.text, kind="grid", options=options, lines=lines, texts=self.texts(), **common
            )
        elif self.kind in ("one", "multi", "rank"):
            start = "" if self.kind == "one" else self.code
            options = tuple(self.options(self.choices, start))
            yield Question(
                code=self.code, text=self.text, kind=self.kind, options=options, texts=self.texts(), **common
            )
        else:
            fields = () if self.type in _FILLED else tuple(self.lines())
            low, high = self._limits()
            yield Question(code=self.code, text=self.text, kind=self.kind, lines=fields, low=low, high=high, **common)

    def options(self, side: list[tuple[str, str, dict]], start: str = "") -> Iterator[Option]:
        """The options of one side of the question; those that begin a header get the header of their column."""
        codes, names = as_dict(self.payload.get("RecodeValues")), as_dict(self.payload.get("VariableNaming"))
        analysed = as_dict(self.payload.get("AnalyzeChoices"))
        keys = {key for key, _, _ in side}
        for key, label, choice in side:
            code = word(codes.get(key)) or key
            value, name = number_of(code), plain(names.get(key))
            # an old export has the number of the choice where a new one has its code
            certain = start and (code == key or (code not in keys and self.kind != "rank"))
            yield Option(
                code=code,
                label=label or code,
                value=value,
                column=f"{start}_{code}" if certain else "",
                also=(name,) if name and name != label else (),
                alone=_yes(choice.get("ExclusiveAnswer")),
                missing=word(analysed.get(key)) == "No" or (value is not None and value < 0),
            )

    def option_code(self, key: str) -> str | None:
        """The export code of the choice of this number, or None where there is none."""
        keys = {known for known, _, _ in self.choices}
        return (word(as_dict(self.payload.get("RecodeValues")).get(key)) or key) if key in keys else None

    def lines(self) -> Iterator[Line]:
        """A column for each statement; the author's tag stands behind the question's code, in old exports alone."""
        tags = self.payload.get("ChoiceDataExportTags")
        named = _numbered(tags)
        for key, label, _ in self.choices:
            tag = word(named.get(key)) or key
            yield Line(f"{self.code}_{tag}", label, () if tag == key else (tag,))

    def texts(self) -> tuple[Line, ...]:
        """The columns for the own texts of choices such as "Other"; old exports have one for all of a question."""
        open_ones = {key for key, _, choice in self.choices if _yes(choice.get("TextEntry"))}
        starts = [line.code for line in self.lines()]
        if self.type != "Matrix":
            starts = [f"{self.code}_{option.code}" for option in self.options(self.choices)]
        also = (f"{self.code}_TEXT",) if self.kind == "one" else ()
        named = zip(self.choices, starts, strict=True)
        return tuple(Line(f"{start}_TEXT", label, also) for (key, label, _), start in named if key in open_ones)

    def _side(self, name: str, order: str, others: dict[str, dict[str, Any]]) -> list[tuple[str, str, dict]]:
        """Number, label and settings of each choice, in the order shown; also those carried over from a question."""
        choices = _numbered(self.payload.get(name))
        dynamic = as_dict(self.payload.get("DynamicChoices" if name == "Choices" else "DynamicAnswers"))
        parts = word(dynamic.get("Locator")).split("/")
        carried = others.get(parts[2], {}) if len(parts) > 2 else {}
        for key, choice in _numbered(carried.get("Answers" if "Answers" in parts else "Choices")).items():
            earlier = choices.get(f"x{key}")
            if not as_dict(earlier).get("Display"):
                choices[f"x{key}"] = choice
        translated = _numbered(self.translation.get(name))
        ordered = [word(key) for key in as_list(self.payload.get(order))]
        keys = [key for key in dict.fromkeys((*ordered, *choices)) if key in choices]
        found = []
        for key in keys:
            choice = choices[key] if isinstance(choices[key], dict) else {"Display": choices[key]}
            image = as_dict(choice.get("Image")).get("Display")
            shown = as_dict(translated.get(key)).get("Display") or choice.get("Display") or image
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


def _yes(value: object) -> bool:
    return value is True or word(value).casefold() in ("true", "1", "yes")
