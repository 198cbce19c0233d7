"""Which column of a file asks which question of the codebook; never one column for two questions."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dxkit.files.cells import normal
from dxkit.files.errors import Faults, and_more, nearest
from dxkit.survey.reading.codebook import MEASURED, Codebook, Question, split_question
from dxkit.survey.reading.structure.plain_text import plain
from dxkit.survey.reading.tools.base import Heading, Tool, line_and_step
from dxkit.survey.reading.tools.registry import is_technical

_ONE_CODE = re.compile(r"[\w./\[\]-]+")
OTHER = re.compile(
    r"specify|describe|explain|^other\W*(\(.*)?$|^comments?\b|open[- ]ended|^sonstiges?\W*$|^autres?\W*$|"
    r"^otr[oa]s?\W*$|^その他|bitte angeben"
)
_DIVIDERS = re.compile(r"___|[\[./]")
_FEW_WORDS = 4
_BETWEEN = (" ", "-", ".", "/", "_", "__")  # what may stand between a question and its option in a header
_SELECTED = re.compile(r" - selected choice(?= - | \[|$)")


@dataclass(frozen=True, kw_only=True)
class Column(Heading):
    """A column of a file: what its header rows say, and where it is."""

    position: int
    place: str

    @property
    def name(self) -> str:
        """What messages and notes call it."""
        return " ".join(f"{self.stem} [{self.statement}]".split()) if self.statement else " ".join(self.stem.split())

    @property
    def parts(self) -> tuple[str, str]:
        """The question, and the statement or option of it that the column is about ("" where it is the whole)."""
        return (self.stem, self.statement) if self.statement else split_question(self.stem)


def as_seen(text: str) -> str:
    """A text of a header without the marks of a web page.

    >>> as_seen("Which <b>List<T></b>&nbsp;do you use?")
    'Which List<T> do you use?'
    """
    return plain(text) if "&" in text or "<" in text else text


def key(text: str) -> str:
    """A question text folded for comparing, without what Qualtrics puts behind it."""
    folded = normal(as_seen(text))
    return normal(_SELECTED.sub("", folded)) if "selected choice" in folded else folded


def is_sentence(text: str) -> bool:
    """Whether a text is long enough to be of one question wherever it stands, which "Other" and "Why?" are not."""
    return len(text.split()) > _FEW_WORDS


def is_option(row: Question) -> bool:
    """Whether a row of the codebook is an option of a question with several choices."""
    ticked = row.kind == "rating" and row.scale == "yesno" and bool(split_question(row.text)[1])
    return ticked or row.kind in ("multi", "rank")


def is_joined(column: Column, stem: str) -> bool:
    """Whether the column holds all chosen options of this question in one cell."""
    return key(f"{column.stem} [{column.statement}]" if column.statement else column.stem) == key(stem)


@dataclass(frozen=True, kw_only=True)
class Matched:
    """What was found in a header: the column of every item, the items that had several, and notes.

    The several have the same content; or, those in `apart`, nobody filled more than one, and they are read as one.
    """

    columns: dict[str, Column]
    repeated: dict[str, list[Column]]
    apart: dict[str, list[Column]]
    notes: tuple[str, ...]


def match(
    header: Sequence[Column],
    codebook: Codebook,
    tool: Tool,
    faults: Faults,
    *,
    same: Callable[[Sequence[Column]], bool] = lambda _: False,
    apart: Callable[[Sequence[Column]], bool] = lambda _: False,
    elsewhere: Callable[[Question], str] = lambda _: "",
    **place: str | None,
) -> Matched:
    """The column of every item. Options of one question may share the column they are joined in.

    `same` says whether columns have the same content, `apart` whether nobody filled two of them, `elsewhere` where else
    in the file a question is asked; `place` is the file and the sheet.
    """
    index = Index(header, codebook, tool)
    rows = [row for row in codebook.questions if row.kind != "ignore" or index.is_filter(row)]
    repeated: dict[str, list[Column]] = {}
    separate: dict[str, list[Column]] = {}

    def one(row: Question, texts: list[Column], ids: list[Column]) -> Column | None:
        columns = list({column.position: column for column in (*texts, *ids)}.values())
        if len(columns) > 1 and same(columns):
            repeated[row.item] = columns
            return columns[0]
        if len(columns) > 1 and not ids and is_sentence(row.text) and apart(columns):
            separate[row.item] = columns
            return columns[0]
        alike = index.alike[key(split_question(row.text)[0] if is_option(row) else row.text)] if texts else []
        if len(columns) > 1 and len(alike) > 1 and not ids:  # the first row of this text is about its first column
            return columns[min(alike.index(codebook.question_of(row.item)), len(columns) - 1)]
        return _one(row, texts, ids, faults, place)

    matched = {row.item: column for row in rows if (column := one(row, *index.of(row)))}
    in_own_columns = {key(split_question(row.text)[0]) for row in rows if is_option(row) and row.item in matched}
    for row in rows:
        stem = key(split_question(row.text)[0])
        if is_option(row) and row.item not in matched and stem not in in_own_columns:
            joined = one(row, *index.joined(row, stem, codebook))
            if joined := joined or (index.of_place(stem) if row.kind == "rank" else None):
                matched[row.item] = joined
    for row in rows:  # one answer of several, each in a column of its own
        several = index.options[key(row.text)] if row.item not in matched and not is_option(row) else []
        if len(several) > 1 and apart(several):
            matched[row.item], separate[row.item] = several[0], several
    missing = [row for row in rows if row.item not in matched]
    notes = _missing(missing, header, codebook, tool, faults, elsewhere, place)
    matched = {row.item: matched[row.item] for row in rows if row.item in matched}
    _check_shared([row for row in rows if row.item in matched and row.kind != "ignore"], matched, faults, place)
    for item, columns in repeated.items():
        notes.append(f"item {item} has {len(columns)} columns of the same content; {columns[0].place} was taken")
    if separate:
        notes.append(f"several columns, of which nobody filled two, are read as one: {and_more(list(separate))}")
    return Matched(columns=matched, repeated=repeated, apart=separate, notes=tuple(notes))


def columns_of_items(header: Sequence[Column], codebook: Codebook, tool: Tool) -> dict[str, list[int]]:
    """The positions of the columns of the items that a header asks; of options those of their question too."""
    index, found = Index(header, codebook, tool), {}
    for row in codebook.questions:
        joint = index.by_text.get(key(split_question(row.text)[0]), []) if is_option(row) else []
        if several := [column.position for columns in (*index.of(row), joint) for column in columns]:
            found[row.item] = several
    return found


class Index:
    """The columns by what they are called."""

    def __init__(self, header: Sequence[Column], codebook: Codebook, tool: Tool):
        self.tool, self.header = tool, header
        self.filters = {normal(name) for name in codebook.items["asked_if"] if name}
        self.by_text: dict[str, list[Column]] = {}
        self.by_code: dict[str, list[Column]] = {}
        self.by_statement: dict[str, list[Column]] = {}
        self.options: defaultdict[str, list[Column]] = defaultdict(list)  # of a question, or line, but Other
        self.alike: defaultdict[str, list[str]] = defaultdict(list)  # the rows of the codebook by text
        for item, text in zip(codebook.items["item"], codebook.items["text"], strict=True):
            self.alike[key(text)].append(item)
        self.by_other: dict[str, list[Column]] = {}  # texts without their group, and codes with other dividers
        for column in header:
            stem, option = column.parts
            if option and not OTHER.search(normal(option)):
                self.options[key(stem)].append(column)
                if parts := line_and_step(option):
                    self.options[key(f"{stem} [{parts[0]}]")].append(column)
            for name in filter(None, _texts_of(column)):
                self.by_text.setdefault(name, []).append(column)
            if column.code and key(column.code) != (column.statement and key(column.stem)):
                self.by_code.setdefault(normal(column.code), []).append(column)
                for name in {*_other_codes(column.code), *_texts_without_group(column, tool)}:
                    self.by_other.setdefault(name, []).append(column)
            if not column.parts[1] and tool.may_be_statement(column):
                self.by_statement.setdefault(normal(column.stem), []).append(column)
        self._number_statements(codebook)

    def _number_statements(self, codebook: Codebook) -> None:
        """The header that a statement has alone; some tools number the ones that come again."""
        same: defaultdict[str, list[str]] = defaultdict(list)
        self.statement: dict[str, str] = {}
        for row in codebook.questions:
            stem, option = split_question(row.text)
            if is_option(row) and key(stem) in self.by_text:
                continue  # it is in the column of its question, and has no header of its own
            items = same[normal(option or row.text)]
            items.append(row.item)
            if option:
                self.statement[row.item] = option if len(items) == 1 else f"{option}{len(items)}"
        for name, items in same.items():
            columns = self.by_statement.get(name, [])
            if self.tool.keeps_order and len(columns) == len(items) > 1:
                self.statement |= {item: f"{name} of {item}" for item in items}
                self.by_statement |= {
                    f"{name} of {normal(item)}": [each] for item, each in zip(items, columns, strict=True)
                }
            elif not self.tool.numbers_repeats and len(items) > 1:  # nothing tells which question one belongs to
                self.statement = {item: heading for item, heading in self.statement.items() if item not in items}

    def joined(self, row: Question, stem: str, codebook: Codebook) -> tuple[list[Column], list[Column]]:
        """The columns that hold all options of a question: those that have its text, and those that have its id."""
        question = codebook.question_of(row.item)
        if question == row.item:
            return self.by_text.get(stem, []), []
        ids = self.by_code.get(normal(question), []) or self.by_other.get(normal(question), [])
        return self.by_text.get(stem, []) or (self.by_other.get(stem, []) if not ids else []), ids

    def of_place(self, stem: str) -> Column | None:
        """The first of the columns that hold what was put in first place, in second, and so on."""
        return next((column for column in self.header if column.parts[1] and key(column.parts[0]) == stem), None)

    def is_filter(self, row: Question) -> bool:
        """Whether an `asked_if` names this item."""
        return not self.filters.isdisjoint((normal(row.item), normal(row.text)))

    def of(self, row: Question) -> tuple[list[Column], list[Column]]:
        """The columns that have the text of an item, and those that have its id."""
        stem, option = split_question(row.text)
        names = [key(row.text)]
        if option:
            names += [f"{key(stem)}\x00{normal(option)}", key(f"{stem} - {option}"), key(f"{stem}: {option}")]
            joint = (f"{stem}{divider}{option}" for divider in _BETWEEN)
            names = [name for name in (*names, *map(key, joint)) if name != key(stem)]
        texts = next((self.by_text[name] for name in names if name in self.by_text), [])
        if not texts and row.item in self.statement:
            texts = self.by_statement.get(normal(self.statement[row.item]), [])
        ids = self.by_code.get(normal(row.item), [])
        if normal(row.item) in self.tool.signs and (texts or row.kind in MEASURED):
            ids = []  # a column that the tool added, not a question
        texts = texts or self.by_code.get(normal(row.text), [])
        if not texts and not ids and (others := self.by_other.get(normal(row.item), [])):
            return [], others
        return texts or next((self.by_other[name] for name in names if not ids and name in self.by_other), []), ids


def _other_codes(code: str) -> Iterator[str]:
    """The ids that a code also fits: A_B fits A[B], group/A_B, A.B, and A___B.

    >>> sorted(_other_codes("work/tools[git]")), list(_other_codes("How is CI/CD?"))
    (['tools_git', 'work_tools_git'], [])
    """
    if _ONE_CODE.fullmatch(code):
        parts = code.split("/")
        for k in range(len(parts)):
            if (name := normal(_DIVIDERS.sub("_", "/".join(parts[k:]).replace("]", "")))) != normal(code):
                yield name


def _texts_without_group(column: Column, tool: Tool) -> set[str]:
    """The names of the column without the group that the tool writes in front of a question."""
    stem, statement = column.parts
    if not tool.divider or tool.divider not in stem + statement + column.code:
        return set()
    last = stem.rpartition(tool.divider)[2]
    above, _, option = stem.rpartition(tool.divider)
    names = (
        {(last, statement)} if statement else {(last, ""), (above, option), (above.rpartition(tool.divider)[2], option)}
    )
    return {f"{key(name)}\x00{normal(part)}" if part else key(name) for name, part in names if name}


def _texts_of(column: Column) -> set[str]:
    stem, statement = column.parts
    names = {key(column.stem), key(column.cell)} if not column.statement else set()
    if statement:
        names |= {f"{key(stem)}\x00{normal(statement)}", key(f"{stem} - {statement}"), key(f"{stem} [{statement}]")}
    return names


def _one(row: Question, texts: list[Column], ids: list[Column], faults: Faults, place: dict) -> Column | None:
    """The column of an item, of those that have its text or its id; a fault where there are several."""
    both = [column for column in texts if column in ids]
    if texts and ids and not both:
        faults.add(
            f"item {row.item}: {texts[0].place} has its text, {ids[0].place} its id; change the id or the text in "
            "the codebook so that only one column fits",
            **place,
        )
        return texts[0]
    columns = both or texts or ids
    if len(columns) > 1:
        places = " and ".join(column.place for column in columns[:3])
        faults.add(
            f"the question of item {row.item} has {len(columns)} columns ({places}); merge them into one, or "
            "delete those that are old",
            **place,
        )
    return columns[0] if columns else None


def _missing(
    rows: Sequence[Question],
    header: Sequence[Column],
    codebook: Codebook,
    tool: Tool,
    faults: Faults,
    elsewhere: Callable[[Question], str],
    place: dict,
) -> list[str]:
    """Faults for the questions that no column asks; a note on those that are not needed."""
    names = [column.name[:200] for column in header if not is_technical(tool, column.code)]
    askers: dict[str, list[str]] = {}
    for row in codebook.questions:
        if row.asked_if:
            askers.setdefault(normal(row.asked_if), []).append(row.item)
    not_needed = []
    for row in rows:
        near = nearest(row.text[:200], names, cutoff=0.5)
        asked = askers.get(normal(row.item)) or askers.get(normal(row.text))
        if row.kind in (*MEASURED, "segment", "id"):
            hint = f"did its text change to '{near[:80]}'?" if near else "no header is similar"
            hint = elsewhere(row) or hint
            faults.add(f"no column asks '{row.text[:80]}' (item {row.item}, {row.kind}); {hint}", **place)
        elif asked:
            hint = f"did you mean '{near[:80]}'?" if near else "no header is similar"
            faults.add(
                f"asked_if of {', '.join(asked[:3])} names '{(row.item or row.text)[:80]}', but no column has "
                f"that name; {hint}",
                **place,
            )
        else:
            not_needed.append(f"{row.item} ({row.kind})")
    return [f"questions without a column, left out: {and_more(not_needed)}"] if not_needed else []


def _check_shared(rows: Sequence[Question], matched: dict[str, Column], faults: Faults, place: dict) -> None:
    """A column answers one question; only options may share the column they are joined in."""
    sharing: dict[int, list[Question]] = {}
    for row in rows:
        sharing.setdefault(matched[row.item].position, []).append(row)
    for position, rows_here in sharing.items():
        stems = {key(split_question(row.text)[0]) for row in rows_here}
        if len(rows_here) == 1 or (len(stems) == 1 and all(map(is_option, rows_here))):
            continue
        column = next(column for column in matched.values() if column.position == position)
        items = ", ".join(row.item for row in rows_here[:4])
        faults.add(
            f"{column.place} would answer {len(rows_here)} questions (items {items}); "
            "correct the texts or ids in the codebook so that each has its own column",
            **place,
        )
