"""Rules on whole questions: which text is an earlier one's, and where a blank means that none was chosen."""

from dataclasses import replace

from dxkit.files.cells import normal
from dxkit.files.errors import Faults, suggest
from dxkit.survey.reading.codebook import Codebook, split_question
from dxkit.survey.reading.rules.table import Entry, Rule, Rules

QUESTIONS = "questions"


def check_questions(rules: Rules, book: Codebook, faults: Faults) -> None:
    """Faults of rules on whole questions that name none, or none with several choices."""
    if not rules.of("same_as", "blank_is_none"):
        return
    questions = {book.question_of(row.item): row for row in book.questions if row.kind != "ignore"}
    for rule in rules.of("same_as", "blank_is_none"):
        several = rule.name == "blank_is_none"
        known = [name for name, row in questions.items() if row.kind == "multi" or not several]
        if rule.question and not any(names(rule, book, questions[name].item) for name in known):
            what = "a question of kind multi" if several else "a question of the codebook"
            message = f"'{rule.question[:60]}' is not {what}; {suggest(rule.question, known, cutoff=0.5)}"
            rules.fault(faults, rule, "question", message)


def with_same_as(book: Codebook, rules: Rules) -> tuple[Codebook, list[Entry]]:
    """The codebook with the earlier texts that rules name, and a line of `survey.cleaning` for each."""
    if not rules.of("same_as"):
        return book, []
    items, entries = book.items.copy(), []
    for rule in rules.of("same_as"):
        met = 0
        for i, row in zip(items.index, book.questions, strict=True):
            option = book.option(row.item)
            if names(rule, book, row.item):
                items.loc[i, "same_as"] = f"{rule.value} [{option}]" if option else rule.value
                met = 1
        entries.append(Entry(f"compared with the earlier text of {rule.question[:60]}", met, rule.place, QUESTIONS))
    return replace(book, items=items), entries


def names(rule: Rule, book: Codebook, item: str) -> bool:
    """Whether a rule names an item, or the question that it is an option of, by its id or text."""
    text = str(book.item(item)["text"])
    stem = split_question(text)[0] if book.option(item) else text
    return normal(rule.question) in (normal(item), normal(book.question_of(item)), normal(text), normal(stem))
