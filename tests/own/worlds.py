"""Surveys that never were: who answered what is known, so that every figure of dxkit has its truth beside it."""

from dataclasses import dataclass, field, replace

import numpy as np

from tests.own.words import WORDS

TOOLS = (
    *("plain", "google_forms", "qualtrics", "surveymonkey", "limesurvey"),
    *("microsoft_forms", "typeform", "alchemer", "kobo", "redcap"),
)
GAPS = (
    *("nothing", "no roster", "no earlier wave", "no topics", "no hours", "no importance", "no segments", "one group"),
    *("no comments", "all groups hidden", "a team of 8", "three people", "all answers equal", "a skipped question"),
    *("weights", "forty groups", "no ratings", "ratings only", "one question", "nobody recommends"),
    *("hours only", "comments only"),
)
LANGUAGES = tuple(WORDS)
PEOPLE = {"all groups hidden": 12, "a team of 8": 8, "three people": 3, "forty groups": 240}
ORDERED = ("rating", "importance", "recommend")


@dataclass(frozen=True)
class Plan:
    """What one generated folder is like."""

    number: int
    tool: str
    language: str
    gap: str
    flaw: str

    def __str__(self) -> str:
        return f"{self.number:02d} {self.tool} {self.language}, {self.gap}, {self.flaw}"


@dataclass(frozen=True)
class Question:
    """A question and what each person answered: a label, a number as text, or of several a tuple; blank is skipped.

    `labels` go from the low to the high end, and `code` is that of the first. `option` is the line of a grid.
    """

    name: str
    kind: str
    stem: str
    option: str = ""
    labels: tuple[str, ...] = ()
    code: int = 1
    good: str = ""
    dimension: str = ""
    topic: str = ""
    answers: list = field(default_factory=list)

    @property
    def text(self) -> str:
        return f"{self.stem} [{self.option}]" if self.option else self.stem

    @property
    def codes(self) -> np.ndarray:
        """The code or number of each answer; nan for a blank and for no opinion."""
        if self.labels:
            known = {label: float(code) for code, label in enumerate(self.labels, self.code)}
            return np.array([known.get(answer, np.nan) for answer in self.answers])
        return np.array([float(answer) if answer else np.nan for answer in self.answers])


@dataclass(frozen=True)
class World:
    """The people of one survey: their questions, how many work in each team, and their weights where there are any."""

    plan: Plan
    people: int
    questions: tuple[Question, ...]
    headcounts: dict[str, int]
    weights: np.ndarray | None

    @property
    def has_roster(self) -> bool:
        return bool(self.headcounts)

    def named(self, name: str) -> Question | None:
        return next((each for each in self.questions if each.name == name), None)


def world(plan: Plan, wave: int = 2) -> World:
    """The survey of a plan; an earlier wave has other people who answered the same questions."""
    draw = np.random.default_rng([plan.number, wave])
    people = PEOPLE.get(plan.gap, 40)
    questions = [each for each in _asked(plan) if _stays(each, plan.gap)]
    if plan.gap == "no topics":
        questions = [replace(each, topic="") for each in questions]
    answered = [replace(each, answers=_answers(each, people, draw, plan)) for each in questions]
    if plan.gap == "a skipped question":
        answered = [replace(each, answers=_nothing(each, people)) if each.name == "sat1" else each for each in answered]
    teams = next((each.answers for each in answered if each.name == "team"), [])
    headcounts = {}
    if plan.gap not in (
        "no roster",
        "a team of 8",
        "three people",
        "weights",
        "one question",
        "hours only",
        "comments only",
    ):
        headcounts = {team: teams.count(team) + 2 + k % 5 for k, team in enumerate(dict.fromkeys(teams))}
    weights = np.round(draw.uniform(0.4, 2.5, people), 2) if plan.gap == "weights" else None
    return World(plan, people, tuple(answered), headcounts, weights)


def _asked(plan: Plan) -> list[Question]:
    """Every question that a survey of this tool may have, still without answers."""
    say = WORDS[plan.language]
    teams = say.teams if plan.flaw != "dollars" else tuple(f"{team} $_$" for team in say.teams)
    teams = tuple(f"{say.teams[k % 4]} {k + 1}" for k in range(40)) if plan.gap == "forty groups" else teams
    asked = [
        Question("team", "segment", say.team, labels=teams),
        Question("tenure", "segment", say.tenure, labels=say.tenures),
    ]
    grids = (
        ("sat", "rating", say.satisfied, say.lines, say.satisfaction),
        ("imp", "importance", say.important, say.lines, say.importance),
        ("hrs", "hours", say.hours, say.lines, ()),
        ("agr", "rating", say.agree, say.statements, say.agreement),
    )
    for name, kind, stem, lines, labels in grids:
        for k, line in enumerate(lines, 1):
            topic = "" if name == "agr" else line
            low = "low" if name == "agr" and k == len(lines) else ""
            dimension = say.agree.strip(" ?¿") if name == "agr" else ""
            asked.append(Question(f"{name}{k}", kind, stem, line, labels, good=low, topic=topic, dimension=dimension))
    asked.append(Question("recommend", "recommend", say.recommend, labels=tuple(map(str, range(11))), code=0))
    asked.append(Question("editor", "choice", say.editor, labels=say.editors))
    asked.append(Question("tools", "multi", say.tools, labels=say.kit))
    if plan.tool not in ("typeform", "kobo", "redcap"):  # they have no ranking that dxkit has seen
        asked.append(Question("wishes", "rank", say.wishes, labels=say.wished))
    asked.append(Question("number", "number", say.number))
    asked.append(Question("comment", "comment", say.comment))
    return asked


def _stays(question: Question, gap: str) -> bool:
    kind, name = question.kind, question.name
    if gap == "one question":
        return name == "editor"
    if gap == "ratings only":
        return kind in ("rating", "segment")
    if gap in ("hours only", "comments only"):
        return kind == gap.split()[0].removesuffix("s" * (gap == "comments only"))
    if gap == "no ratings":
        return kind in ("segment", "choice", "multi", "rank", "number")
    gone = {
        "no hours": "hours",
        "no importance": "importance",
        "no comments": "comment",
        "nobody recommends": "recommend",
    }
    return kind != gone.get(gap) and not (gap == "no segments" and kind == "segment")


def _answers(question: Question, people: int, draw: np.random.Generator, plan: Plan) -> list:
    """What everybody answered; one person in twelve skips a question, never that on the team."""
    kind, labels = question.kind, question.labels
    skips = (draw.random(people) < 1 / 12) & (plan.gap != "one question")  # who answers nothing is set aside
    if kind == "segment":
        if plan.gap == "one group":
            return [labels[0]] * people
        order = [labels[k % len(labels)] for k in range(people)]
        return [str(label) for label in draw.permutation(order)]
    if kind == "comment":
        return [
            f"{question.stem[:9]} {k} {plan.number}" if draw.random() < 0.5 or plan.gap == "comments only" else ""
            for k in range(people)
        ]
    if kind == "multi":
        rows = [tuple(label for label in labels[:-1] if draw.random() < 0.45) for _ in range(people)]
        skips = skips & (plan.tool != "redcap")  # there an option is Unchecked also for who left all blank
        return [() if skip else row or labels[-1:] for row, skip in zip(rows, skips, strict=True)]
    if kind == "rank":
        return [() if skip else tuple(map(str, draw.permutation(labels))) for skip in skips]
    if kind in ("hours", "number"):
        values = draw.integers(0, 9 if kind == "hours" else 60, people) + (0.5 if plan.flaw == "decimal comma" else 0)
    elif plan.gap == "all answers equal":
        values, skips = [labels[-2]] * people, skips & False
    else:
        lean = draw.random() * 0.6 + 0.2
        codes = draw.binomial(len(labels) - 1, lean, people) if kind in ("rating", "importance") else None
        values = [labels[k] for k in (draw.integers(0, len(labels), people) if codes is None else codes)]
        if plan.flaw == "no opinion" and kind == "rating":
            values = [WORDS[plan.language].no_opinion if k % 9 == 4 else value for k, value in enumerate(values)]
    return ["" if skip else str(value) for value, skip in zip(values, skips, strict=True)]


def _nothing(question: Question, people: int) -> list:
    return [() if question.kind in ("multi", "rank") else ""] * people
