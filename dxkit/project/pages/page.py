"""A page to send: built from what a survey may show, or from a dossier; as HTML, PDF or slides."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import dxkit
from dxkit.files import options
from dxkit.files.errors import DataError
from dxkit.files.writing import replacing
from dxkit.outcomes.times import Source
from dxkit.procurement.dossier.dossier import Dossier
from dxkit.project.pages import html, printed, slides
from dxkit.project.pages.blocks import Document, Part, Sentences
from dxkit.project.pages.decision import decision
from dxkit.project.pages.survey_pages import SurveyPage, aside, recorded
from dxkit.results.absent import Absent
from dxkit.results.words import LANGUAGES, number, say, speaking, spoken
from dxkit.survey.reading.responses import Survey
from dxkit.survey.reading.rules.table import DEFAULT

_NAMED = 6  # cells
READERS = ("boss", "staff", "team", "decision")
_WRITERS = {".html": html.written, ".pdf": printed.written, ".pptx": slides.written}


@dataclass(frozen=True, eq=False)
class Page:
    """A page for one reader. `.html` is the page, `.alt` what its pictures show in words.

    The same input gives the same bytes.
    """

    document: Document

    @cached_property
    def html(self) -> str:
        """The page as one HTML file, without scripts, and complete without a network."""
        return html.page(self.document)

    @property
    def alt(self) -> str:
        """The first sentence of the page, and what each picture shows, a line each."""
        return "\n".join([self.document.title, *(picture.alt for picture in self.document.pictures)])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page.

        Parameters
        ----------
        path : path
            It ends in .html; in .pdf, which needs `dxkit[pdf]`; or in .pptx, a slide for each picture, which needs
            `dxkit[pptx]`.

        Raises
        ------
        DataError
            Another ending, or the library that it needs is not installed.
        """
        target = options.writable_path(path)
        if target.suffix not in _WRITERS:
            raise DataError(f"{target.name}: a page ends in {', '.join(_WRITERS)}")
        made = _WRITERS[target.suffix](self.document)
        with replacing(target) as temporary:
            temporary.write_bytes(made)

    def __repr__(self) -> str:
        return f"{self.document.about}\n{self.alt}"


def page(
    survey: Survey | Dossier,
    reader: str = "boss",
    *,
    team: str | None = None,
    earlier: Survey | None = None,
    actions: Source | None = None,
    lang: str = "en",
) -> Page:
    """What can be sent to the management, to everybody who was asked, to a team, or to finance and procurement?

    Parameters
    ----------
    survey : Survey or Dossier
        The answers, from `open_survey` or `read_survey`; for the reader "decision" a dossier, from `read_dossier`.
    reader : "boss", "staff", "team" or "decision"
        boss: what costs most, dimensions, lowest scores, what changed, what is not known, on one A4 page. staff: who
        answered, dimensions, what hurts, what was done, what is hidden and why. team: its dimensions against all
        others. decision: what it costs to own and to leave, what is chosen and why, what to ask for, when to give
        notice, on one A4 page.
    team : str, optional
        The group that the page for a team is about, of a declared cut by one segment.
    earlier : Survey, optional
        The wave before, for what changed; from `open_before`.
    actions : data frame or path, optional
        What was agreed, as `follow_up` takes it.
    lang : "en" or "de"
        The language of the page; labels of questions and groups stay as they are.

    Returns
    -------
    Page
        Every figure is one that the survey's release shows.

    Raises
    ------
    Missing
        A team that may not be shown.
    DataError
        An option that cannot be, such as a team that is not there.

    Examples
    --------
    >>> import dxkit as dx
    >>> survey = dx.open_survey(dx.samples.path("company/responses_2026-Q3.csv"))
    >>> dx.page(survey, "team", team="Customs").document.about
    'Developer survey, wave 2026-Q3: for the team Customs'
    """
    options.choice("reader", reader, READERS)
    options.choice("lang", lang, LANGUAGES)
    if (reader == "team") != (team is not None):
        raise DataError("team: name the team, such as team='Red'" if team is None else "team goes with reader='team'")
    if team is not None:
        options.instance("team", team, str, "the name of a team as text")
    earlier = None if isinstance(earlier, Absent) else earlier
    if earlier is not None:
        options.instance("earlier", earlier, Survey, "the wave before, from open_before")
    with speaking(lang):
        if reader == "decision":
            dossier = options.instance("survey", survey, Dossier, "a dossier for reader='decision', from read_dossier")
            about, provenance = say("decision.about"), _of_dossier(dossier)
            title, parts = decision(dossier)
        else:
            answers = options.instance("survey", survey, Survey, "the answers, from open_survey or read_survey")
            about = say("page.about_wave", wave=answers.wave) if answers.wave else say("page.about")
            provenance = _of_survey(answers)
            made = SurveyPage(survey=answers, earlier=earlier, actions=actions)
            title, parts = made.team(team) if team is not None else getattr(made, reader)()
            parts = _with_guesses(parts, answers)
        about = say("page.joined", about=about, reader=say(f"page.for_{reader}", team=team))
        document = Document(
            language=lang,
            about=about,
            title=title,
            parts=tuple(parts),
            provenance=(say("page.dxkit", version=dxkit.__version__), *provenance),
            one_page=reader in ("boss", "decision"),
        )
    return Page(document)


def _of_survey(survey: Survey) -> list[str]:
    """Where the figures come from; never a digest of answers, which would confirm guesses, and never a path."""
    shown = recorded(survey)
    return [
        *([say("page.wave", wave=survey.wave)] if survey.wave else []),
        say("page.rows", read=number(len(survey) + aside(survey)), kept=number(len(survey))),
        say("page.digest", digest=_digest(survey)),
        say("page.record", number=shown) if shown else say("page.no_record"),
        say("page.seed", seed=0),
        say("page.smallest", k=survey.min_group),
    ]


def _with_guesses(parts: Sequence[Part], survey: Survey) -> list[Part]:
    """The parts of a page; the last one also says how many guesses of a draft nobody has looked at, and where."""
    file, sheet, cells = survey.codebook.guesses
    if not cells:
        return list(parts)
    more = [say("format.more", count=number(len(cells) - _NAMED))] if len(cells) > _NAMED else []
    listed = ", ".join([*cells[:_NAMED], *more])
    said = Sentences((say("page.guesses", count=number(len(cells)), file=file, sheet=sheet, cells=listed),))
    return [*parts[:-1], replace(parts[-1], blocks=(*parts[-1].blocks, said))]


def _digest(survey: Survey) -> str:
    """Twelve digits of the SHA-256 of what was asked, with scales, and of the rules that were applied."""
    book, rules = survey.codebook, survey.cleaning.loc[survey.cleaning["rule"] != DEFAULT, ["rule", "what"]]
    scales = [repr(book.scale(item)) for item in book.measured]
    text = "\n".join([book.items.to_csv(index=False), *scales, rules.to_csv(index=False)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _of_dossier(dossier: Dossier) -> list[str]:
    counts = {"count": dossier.unsupported["figure"].nunique(), "total": len(dossier.figures)}
    status = spoken(f"status.{dossier.status}", dossier.status)
    return [say("page.status", status=status), say("page.unsupported", **counts), say("page.seed", seed=0)]
