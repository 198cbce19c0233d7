"""A page as HTML, PDF and slides: whole, readable aloud, and the same bytes for the same input."""

import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from importlib.util import find_spec

import pytest

import dxkit as dx
from tests import sample
from tests.project.pages.test_pages import PAGES, own, page


class Structure(HTMLParser):
    """The tags of a page in their order, with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def of(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.mark.parametrize(("reader", "lang"), PAGES)
def test_the_html_is_one_file_that_can_be_read_aloud(reader, lang):
    text = page(reader, lang).html
    found = Structure(text)
    tags = Counter(tag for tag, _ in found.found)
    assert tags["h1"] == tags["main"] == tags["footer"] == 1
    assert not tags["script"] + tags["link"] + tags["iframe"] + tags["h3"]
    assert found.of("html") == [{"lang": lang}]
    assert tags["figure"] == tags["figcaption"] == tags["img"] == len(page(reader, lang).document.pictures)
    assert all(len(each["alt"]) > 20 and each["src"].startswith("data:image/svg+xml;") for each in found.of("img"))
    assert tags["table"] == tags["caption"] == len([each for each in found.of("div") if each.get("tabindex") == "0"])
    assert all(each["scope"] in ("col", "row") for each in found.of("th"))
    assert not re.search(r"(?:https?:)?//", re.sub(r"data:[^\"]*", "", text))


def test_text_of_a_user_is_never_markup():
    frame, book = own(text=[f"<script>alert({k})</script> $title" for k in range(4)])
    text = dx.page(dx.read_survey(frame, book)).html
    assert "<script" not in text
    assert "&lt;script&gt;alert(0)" in text


def test_equal_input_gives_equal_bytes(tmp_path):
    again = dx.page(sample.wave(), earlier=sample.wave("2026-Q2"))
    for name, made in (("one", page("boss")), ("two", page("boss")), ("three", again)):
        made.save(tmp_path / f"{name}.html")
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1


@pytest.mark.thorough
def test_another_process_with_other_hashes_writes_the_same_bytes(tmp_path):
    script = (
        "import sys, dxkit as dx; s = dx.open_survey(dx.samples.path('company/responses_2026-Q3.csv'));"
        "[dx.page(s, 'staff').save(f'{sys.argv[1]}.{form}') for form in sys.argv[2].split()]"
    )
    forms = ["html", *(form for form, name in (("pdf", "typst"), ("pptx", "pptx")) if find_spec(name))]
    for seed in ("1", "2"):
        command = [sys.executable, "-c", script, str(tmp_path / seed), " ".join(forms)]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)})
    for form in forms:
        assert (tmp_path / f"1.{form}").read_bytes() == (tmp_path / f"2.{form}").read_bytes(), form


@pytest.mark.parametrize(("reader", "lang"), [page for page in PAGES if page.values[0] in ("boss", "decision")])
def test_a_pdf_can_be_read_aloud_and_is_one_page_where_that_is_promised(reader, lang, tmp_path):
    typst = pytest.importorskip("typst")
    page(reader, lang).save(tmp_path / "page.pdf")
    made = (tmp_path / "page.pdf").read_bytes()
    assert b"pdfuaid" in made  # what Typst writes once its own check of PDF/UA-1 has passed
    assert re.findall(rb"/Type\s*/Pages\b.{0,200}?/Count (\d+)", made, re.DOTALL) == [b"1"]
    assert typst


def test_text_of_a_user_is_data_in_a_pdf(tmp_path):
    pytest.importorskip("typst")
    frame, book = own(text=[f'#read("/etc/passwd") $ * _ {{ ] " \\ {k}' for k in range(4)])
    dx.page(dx.read_survey(frame, book)).save(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 10_000


@pytest.mark.thorough
def test_slides_have_a_picture_each_with_its_sentence_and_description(tmp_path):
    pptx = pytest.importorskip("pptx")
    made = page("staff", "de")
    for name in ("one.pptx", "two.pptx"):
        made.save(tmp_path / name)
    assert (tmp_path / "one.pptx").read_bytes() == (tmp_path / "two.pptx").read_bytes()
    first, *slides = pptx.Presentation(tmp_path / "one.pptx").slides
    assert first.shapes.title.text == made.document.title
    assert [slide.shapes.title.text for slide in slides] == [each.sentence for each in made.document.pictures]
    shapes = [shape for slide in slides for shape in slide.shapes if hasattr(shape, "image")]
    descriptions = [shape._element.nvPicPr.cNvPr.get("descr") for shape in shapes]
    assert descriptions == [each.alt for each in made.document.pictures]


def test_what_cannot_be_written_is_refused(refusal, tmp_path, monkeypatch):
    with refusal():
        page("team").save(tmp_path / "page.docx")
    monkeypatch.setitem(sys.modules, "typst", None)
    with refusal("dxkit[pdf]"):
        page("team").save(tmp_path / "page.pdf")
    monkeypatch.setitem(sys.modules, "pptx", None)
    with refusal("dxkit[pptx]"):
        page("team").save(tmp_path / "page.pptx")
    assert list(tmp_path.iterdir()) == []
