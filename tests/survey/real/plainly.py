"""Figures of a survey export from its cells alone: pandas and plain Python, without a line of dxkit.

What was asked comes as two plain tables, as a user writes them: items (item, text, kind, scale) and scales (scale,
code, label). Written from the export's own rows, to be held against what dxkit reads.
"""

import math
import unicodedata

import pandas as pd

KNOWN = {
    "yesno": {"no": 0, "yes": 1},
    "agreement5": {
        **{"strongly disagree": 1, "disagree": 2, "somewhat disagree": 2, "agree": 4, "somewhat agree": 4},
        **{"neither agree nor disagree": 3, "neutral": 3, "neither": 3, "undecided": 3, "strongly agree": 5},
    },
    "recommend11": {str(code): code for code in range(11)},
    **{f"1-{top}": {str(code): code for code in range(1, top + 1)} for top in (4, 5, 7, 10)},
}
NO_OPINION = {
    "n/a",
    "na",
    "not applicable",
    "not sure",
    "unsure",
    "don't know",
    "i don't know",
    "no opinion",
    "no idea",
    "do not know",
}
MARKS, NO_MARKS = {"yes", "y", "1", "true", "selected", "checked", "x"}, {"no", "n", "0", "false"}
REPLIES = {"response", "open-ended response"}
UNLISTED = "(not in the codebook)"
CODED = ("rating", "importance", "recommend", "choice")


def fold(text):
    """A text for comparing: case, spaces, kind of quotation mark or dash, and the end's punctuation do not count."""
    text = unicodedata.normalize("NFKC", str(text)).translate(str.maketrans("‘’“”–—", "''\"\"--"))
    return " ".join(text.split()).casefold().rstrip(".:;,!?* ") or " ".join(text.split()).casefold()


def cells_of(path, header_rows, na_is_blank, divided):
    """Headers as (stem, option), and the body as text with "" for blank."""
    raw = pd.read_csv(path, header=None, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    body = raw.iloc[header_rows:].reset_index(drop=True).map(lambda cell: " ".join(str(cell).split()))
    if na_is_blank:
        body = body.replace("NA", "")
    names, stem = [], ""
    for top, below in zip(raw.iloc[0], raw.iloc[header_rows - 1], strict=True):
        stem = " ".join(top.split()) if top.strip() or header_rows == 1 else stem
        option = " ".join(below.split()) if header_rows == 2 and fold(below) not in REPLIES else ""
        if header_rows == 1 and stem.endswith("]") and "[" in stem:
            names.append(tuple(part.strip() for part in stem[:-1].rsplit("[", 1)))
        elif header_rows == 1 and ": " in stem and fold(stem.partition(": ")[0]) in divided:
            names.append((stem.partition(": ")[0], stem.partition(": ")[2]))
        else:
            names.append((stem, option))
    return names, body


def number(text):
    """A number, with a tilde or nothing around it; None for words and ranges."""
    try:
        return float(text.lstrip("~ "))
    except ValueError:
        return None


class Export:
    """One export, and what its codebook asks."""

    def __init__(self, path, items, scales, header_rows=1, na_is_blank=False, separator=", "):
        divided = {fold(text.partition(" [")[0]) for _, text, kind, _ in items}
        self.names, self.body = cells_of(path, header_rows, na_is_blank, divided)
        self.items, self.separator = items, separator
        self.texts = {fold(text) for _, text, _, _ in items}
        self.labels = {name: dict(codes) for name, codes in KNOWN.items()}
        self.shown = {}
        for scale, code, label in scales:
            self.labels.setdefault(scale, {})[fold(label)] = float(code)
            self.shown.setdefault(scale, {}).setdefault(float(code), label)

    def column(self, text):
        """The cells of the column with this text."""
        wanted = fold(text)
        for k, (stem, option) in enumerate(self.names):
            if wanted in {fold(f"{stem} [{option}]" if option else stem)}:
                return self.body.iloc[:, k]
        raise KeyError(text)

    def columns(self, text):
        """The columns of a question by option; "" is the column of the question itself."""
        own = {fold(name) for _, name, kind, _ in self.items if kind not in ("comment", "multi", "rank")}
        return {
            option: self.body.iloc[:, k]
            for k, (stem, option) in enumerate(self.names)
            if fold(stem) == fold(text) and fold(f"{stem} [{option}]") not in own
        }

    def figures(self):
        """By item: how many answered, had no opinion, and gave each code or chose it; the mean of the codes."""
        found = {}
        for item, text, kind, scale in self.items:
            if kind in CODED:
                found[item] = self.coded(text, kind, scale)
            elif kind in ("number", "hours"):
                values = pd.Series([number(cell) for cell in self.column(text) if cell], dtype=float).dropna()
                found[item] = {"n": len(values), "none": 0, "counts": {}, "mean": values.mean()}
            elif kind == "multi":
                found.update(self.several(item, text, scale))
            elif kind == "rank":
                found.update(self.ranked(item, text, scale))
        return found

    def coded(self, text, kind, scale):
        labels, given = self.labels[scale], []
        for cell in filter(None, self.column(text)):
            code = labels.get(fold(cell), math.nan if fold(cell) in NO_OPINION else UNLISTED)
            if code == UNLISTED and number(cell) in set(labels.values()):
                code = number(cell)
            assert code != UNLISTED or kind == "choice", (text, cell)
            given.append(code)
        codes = pd.Series([code for code in given if code != UNLISTED], dtype=float)
        counts = codes.dropna().value_counts().to_dict()
        if len(codes) < len(given):
            counts[UNLISTED] = len(given) - len(codes)
        none = int(codes.isna().sum())
        return {"n": len(given) - none, "none": none, "counts": counts, "mean": codes.mean()}

    def several(self, item, text, scale):
        """Who filled any cell of the question answered all of its options."""
        options = {label: code for label, code in self.labels[scale].items() if not math.isnan(code)}
        columns, declined = self.columns(text), self.declined(scale, options)
        rows = list(zip(*columns.values(), strict=True))
        filled = [any(cell and fold(cell) not in declined for cell in row) for row in rows]
        if set(columns) == {""}:
            chosen = [self.pieces(cell, options) for cell in columns[""]]
        else:
            chosen = []
            for row in rows:
                codes = set()
                for name, cell in zip(columns, row, strict=True):
                    word = fold(cell)
                    if not cell or word in declined:
                        continue
                    if fold(name) in options and (options.get(word) == options[fold(name)] or word in MARKS):
                        codes.add(options[fold(name)])
                    elif (
                        not (fold(name) in options and word in NO_MARKS) and fold(f"{text} [{name}]") not in self.texts
                    ):
                        codes.add(UNLISTED)
                chosen.append(codes)
        n = sum(filled)
        none = sum(any(row) for row in rows) - n
        kept = [codes for codes, is_filled in zip(chosen, filled, strict=True) if is_filled]
        found = {}
        for code in [*dict.fromkeys(options.values()), UNLISTED]:
            count = sum(code in codes for codes in kept)
            label = code if code == UNLISTED else self.shown[scale][code]
            if code != UNLISTED or count:
                found[f"{item}[{label}]"] = {"n": n, "none": none, "counts": {1.0: count}, "mean": None}
        return found

    def declined(self, scale, options):
        own = {label for label, code in self.labels[scale].items() if math.isnan(code)}
        return (NO_OPINION | own) - set(options)

    def pieces(self, cell, options):
        """The options in a joined cell: the longest that fits is taken first, between separators or the ends."""
        rest, codes = f"{self.separator}{cell}{self.separator}", set()
        for label in sorted(options, key=len, reverse=True):
            while place := self.find(rest, label):
                codes.add(options[label])
                rest = rest[: place[0]] + self.separator + rest[place[1] :]
        left = any(fold(piece).strip(" ,;") for piece in rest.split(self.separator))
        return codes | ({UNLISTED} if left else set())

    def find(self, rest, label):
        """Where a label stands whole between separators."""
        separator = self.separator
        pieces = rest.split(separator)
        ends, at = [], 0
        for piece in pieces:
            ends.append((at, at + len(piece)))
            at += len(piece) + len(separator)
        words = label.count(separator) + 1
        for k in range(len(pieces)):
            for j in range(k, min(k + words + 1, len(pieces))):
                start, end = ends[k][0], ends[j][1]
                if end > start and fold(rest[start:end]) == label:
                    return start - len(separator), end + len(separator)
        return None

    def ranked(self, item, text, scale):
        """A place per option column: first places among all who placed anything, and the mean place."""
        columns = {
            option: cells
            for option, cells in self.columns(text).items()
            if fold(option) in self.labels[scale] and not math.isnan(self.labels[scale][fold(option)])
        }
        places = pd.DataFrame({option: pd.to_numeric(cells, errors="coerce") for option, cells in columns.items()})
        n = int(places.notna().any(axis=1).sum())
        return {
            f"{item}[{self.shown[scale][self.labels[scale][fold(option)]]}]": {
                "n": n,
                "none": 0,
                "counts": {1.0: int((places[option] == 1).sum())},
                "mean": places[option].mean(),
            }
            for option in places
        }
