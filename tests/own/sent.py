"""Pages to send of surveys that are not ours, and what must hold of each: `python -m tests.own.sent` takes all."""

import re
import tempfile
import time
from pathlib import Path

import matplotlib as mpl
from matplotlib.text import Text

import dxkit as dx
from dxkit.project.attack.attack import attack
from dxkit.project.pages import printed
from dxkit.project.pages.blocks import Grid
from dxkit.results.words import LANGUAGES
from tests.own import companies
from tests.own.dossier_folders import DOSSIERS
from tests.own.folders import make
from tests.own.pages import BAD, text_of
from tests.own.sample_words import sample_words
from tests.own.test_generated import PLANS
from tests.places import SHARED


def pages_of(survey, earlier=None, actions=None, langs=("en",), teams=1):
    """The name of each page that a company sends, and the page: of so many teams that have one, None for all."""
    given = {"earlier": earlier or None, "actions": actions}
    for lang in langs:
        for reader in ("boss", "staff"):
            yield f"{reader}_{lang}", dx.page(survey, reader, lang=lang, **given)
        made = 0
        for team in groups(survey):
            if teams is not None and made >= teams:
                break
            try:
                yield f"team_{made}_{lang}", dx.page(survey, "team", team=team, lang=lang, **given)
            except dx.Missing:  # hidden
                continue
            made += 1


def groups(survey):
    """The groups of the declared cuts by one segment."""
    labels = [label for cut in survey.cuts if len(cut) == 1 for label in survey.segments[cut[0]]]
    return sorted({str(label) for label in labels} - {""})


def assert_sound(page, name):
    """No word of a program or a sample, no blank cell, nothing in a picture cut, and as few sheets as promised."""
    written = re.sub(r"<style>.*?</style>", "", page.html, flags=re.DOTALL)
    for text in (text_of(written), page.alt):
        for pattern in (BAD, sample_words(), re.compile(r"\{\w*\}")):
            found = pattern.search(text)
            assert not found, f"{name}: {found[0]!r} in {text[max(0, found.start() - 80) : found.end() + 60]!r}"
    for part in page.document.parts:
        assert part.blocks, (name, part.heading)
        for block in part.blocks:
            if isinstance(block, Grid):
                assert block.rows, (name, block.caption)
                assert all(cell.strip() for row in block.rows for cell in row), (name, block.caption)
    for picture in page.document.pictures:
        assert_whole(picture.figure, name)
    sheets = sheets_of(page)
    assert sheets == 1 or not page.document.one_page, f"{name}: {sheets} sheets of paper"


def assert_whole(figure, name):
    """Every text of a picture stands inside it, and none on another."""
    figure.draw_without_rendering()
    edge, places, outside = figure.bbox.padded(1.0), [], set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        beyond = [tick for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high]  # these are not drawn
        outside |= {text for tick in beyond for text in (tick.label1, tick.label2)}
    for text in set(figure.findobj(Text)) - outside:
        if text.get_visible() and text.get_text().strip():
            place = text.get_window_extent()
            assert edge.x0 <= place.x0 <= place.x1 <= edge.x1, f"{name}: {text.get_text()!r} is cut"
            assert edge.y0 <= place.y0 <= place.y1 <= edge.y1, f"{name}: {text.get_text()!r} is cut"
            places.append((text.get_text(), place))
    for k, (text, place) in enumerate(places):
        for other, there in places[k + 1 :]:
            wide = min(place.x1, there.x1) - max(place.x0, there.x0)
            high = min(place.y1, there.y1) - max(place.y0, there.y0)
            assert min(wide, high) < 2.5, f"{name}: {text!r} stands on {other!r}"


def sheets_of(page):
    """How many sheets a page is as PDF; 1 where that is not promised, which saves the time."""
    if not page.document.one_page:
        return 1
    made = printed.written(page.document)
    (count,) = re.findall(rb"/Type\s*/Pages\b.{0,200}?/Count (\d+)", made, re.DOTALL)
    return int(count)


def sound(folder, plan):
    """Every page of a generated survey is, in one language after the other."""
    survey, earlier = dx.open_survey(folder.answers), dx.part(dx.open_before, folder.answers)
    for name, page in pages_of(survey, earlier, langs=LANGUAGES[plan.number % 2 :][:1]):
        assert_sound(page, f"{plan}, {name}")


def decided(name, folder):
    """The page of a decision is."""
    lang = LANGUAGES[list(DOSSIERS).index(name) % 2]
    page = dx.page(dx.read_dossier(DOSSIERS[name].write(folder, "dossier")), "decision", lang=lang)
    assert_sound(page, f"{name}, {lang}")


def attacked(company, out):
    """The attack on all pages of a company, and on the tables that they are drawn from: its code, and what it said.

    Pages have no count beside a figure, and a picture is not read: without those tables it would have nothing to do.
    """
    survey, earlier, said = dx.open_survey(company.answers), dx.open_before(company.answers), []
    out.mkdir()
    for name, page in pages_of(survey, earlier, company.folder / "actions.csv", LANGUAGES, teams=None):
        page.save(out / f"{name}.html")
    tables = {"ranking": dx.part(dx.rank_pains, survey), "change": dx.part(dx.compare, earlier, survey)}
    for by in (None, *survey.codebook.segments):
        tables |= {f"scores {by or 'all'}": dx.part(dx.scores, survey, by=by)}
    tables |= {"response": dx.part(dx.response_rate, survey)}
    dx.write_report({title: each for title, each in tables.items() if each}, out / "tables.xlsx")
    return attack(out, say=said.append), said


def drafted(export):
    """The pages of a real export are, as its draft reads it."""
    draft = dx.draft(export)
    survey = dx.read_survey(export, dx.read_codebook(draft.items, draft.scales), rules=draft.rules)
    for name, page in pages_of(survey, langs=LANGUAGES):
        assert_sound(page, f"{export.stem}, {name}")


def main():
    """Sixty surveys, all dossiers, the real exports, and the attack on thirty companies."""
    mpl.use("Agg")
    every = [(f"survey {plan}", lambda at, plan=plan: sound(make(plan, at), plan)) for plan in PLANS]
    every += [(f"dossier {name}", lambda at, name=name: decided(name, at)) for name in DOSSIERS]
    exports = sorted((SHARED / "data" / "surveys").glob("*.csv"))
    every += [(f"export {path.stem}", lambda at, path=path: drafted(path)) for path in exports]

    def company(at, number):
        code, said = attacked(companies.make(number, at), at / "out")
        assert code == 0, said

    every += [(f"company {number}", lambda at, number=number: company(at, number)) for number in range(30)]
    start, faults = time.monotonic(), 0
    for name, check in every:
        with tempfile.TemporaryDirectory() as made:
            try:
                check(Path(made))
            except AssertionError as fault:
                faults += 1
                print(f"{name}: {fault}", flush=True)
    print(f"{faults} of {len(every)} have a fault, in {time.monotonic() - start:.0f} s")
    return int(faults > 0)


if __name__ == "__main__":
    raise SystemExit(main())
