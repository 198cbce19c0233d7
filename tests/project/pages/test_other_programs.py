"""Pages in other programs than ours: a PDF's marks as pypdf reads them, slides as LibreOffice opens them."""

import subprocess
from collections import Counter
from xml.etree import ElementTree

import pytest

import dxkit as dx
from dxkit.project.pages.blocks import Grid, Picture
from tests.procurement.workbook import office
from tests.project.pages.test_pages import PAGES, own, page

ODF = {
    name: f"urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"
    for name, space in (
        ("draw", "drawing"),
        ("text", "text"),
        ("svg", "svg-compatible"),
        ("presentation", "presentation"),
    )
}


def marked(element, found):
    """The elements of a PDF in the order in which they are read: what each is, and what is said of it."""
    if isinstance(element, list):
        for each in element:
            marked(each, found)
    elif hasattr(element, "get_object") and hasattr(inside := element.get_object(), "get"):
        if "/S" in inside:
            found.append((inside["/S"], inside))
        if "/K" in inside:
            marked(inside["/K"], found)
    return found


@pytest.mark.parametrize(("reader", "lang"), PAGES)
def test_a_pdf_is_marked_for_reading_aloud(reader, lang, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("typst")
    made = page(reader, lang)
    made.save(tmp_path / "page.pdf")
    file = pypdf.PdfReader(tmp_path / "page.pdf")
    root = file.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == lang
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert made.document.title in file.metadata.title

    found = marked(root["/StructTreeRoot"]["/K"], [])
    count = Counter(kind for kind, _ in found)
    blocks = [block for part in made.document.parts for block in part.blocks]
    assert count["/H1"] == 1
    assert count["/H2"] == len(made.document.parts)
    assert [each["/Alt"] for kind, each in found if kind == "/Figure"] == [each.alt for each in made.document.pictures]
    heads = [each["/A"] for kind, each in found if kind == "/TH"]
    assert len(heads) == sum(len(block.headings) for block in blocks if isinstance(block, Grid))
    assert all("/Column" in str(each) for each in heads)
    order = [
        kind
        for part in made.document.parts
        for kind in ("/H2", *({Picture: "/Figure", Grid: "/Table"}.get(type(block), "") for block in part.blocks))
        if kind
    ]
    assert [kind for kind, _ in found if kind in ("/H2", "/Figure", "/Table")] == order


def test_a_picture_of_many_rows_stands_on_one_sheet_of_a_pdf(tmp_path):
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("typst")
    frame, book = own(items=30, topic=[f"A rather long name of topic {k}" for k in range(30)])
    dx.page(dx.read_survey(frame, book), "staff").save(tmp_path / "page.pdf")
    file = pypdf.PdfReader(tmp_path / "page.pdf")
    found = marked(file.trailer["/Root"]["/StructTreeRoot"]["/K"], [])
    boxes = [each["/A"][0] if isinstance(each["/A"], list) else each["/A"] for kind, each in found if kind == "/Figure"]
    assert boxes
    for left, low, right, high in (box.get_object()["/BBox"] for box in boxes):
        assert 30 < left < right < 565
        assert 30 < low < high < 812
        assert high - low > 100


def fonts(file):
    """The fonts of a PDF that are drawn with, each with its descriptor."""
    for sheet in file.pages:
        for font in sheet["/Resources"].get("/Font", {}).values():
            inner = font.get_object()
            inner = inner["/DescendantFonts"][0].get_object() if "/DescendantFonts" in inner else inner
            yield inner["/FontDescriptor"].get_object()


def test_every_font_of_a_pdf_is_inside_it(tmp_path):
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("typst")
    page("boss").save(tmp_path / "page.pdf")
    found = list(fonts(pypdf.PdfReader(tmp_path / "page.pdf")))
    assert found
    assert all(any(name.startswith("/FontFile") for name in each) for each in found)


@pytest.mark.thorough
@pytest.mark.skipif(not office.impress(), reason="LibreOffice Impress is not here; .ci/run installs it")
def test_libreoffice_opens_the_slides_and_reads_their_titles_and_descriptions(tmp_path):
    pytest.importorskip("pptx")
    made = {f"{each.values[0]}_{each.values[1]}": page(*each.values) for each in PAGES}
    for name, each in made.items():
        each.save(tmp_path / f"{name}.pptx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office.libreoffice(), profile, "--headless", "--convert-to", "fodp", "--outdir", str(tmp_path)]
    paths = [str(tmp_path / f"{name}.pptx") for name in made]
    subprocess.run([*command, *paths], check=True, capture_output=True, timeout=180)
    for name, each in made.items():
        deck = ElementTree.parse(tmp_path / f"{name}.fodp").getroot()
        first, *rest = deck.iterfind(".//draw:page", ODF)
        assert said(first) == [("title", each.document.title), ("subtitle", each.document.about)]
        pictures = each.document.pictures
        beside = [[("", picture.how_sure)] if picture.how_sure else [] for picture in pictures]
        assert [said(slide) for slide in rest] == [
            [("title", picture.sentence), ("picture", picture.alt), *words]
            for picture, words in zip(pictures, beside, strict=True)
        ]


def said(slide):
    """What stands on a slide as LibreOffice saves it, in the order in which it is read: each with its kind."""
    found = []
    for shape in slide:
        kind = shape.get(f"{{{ODF['presentation']}}}class", "")
        if shape.tag.endswith("}notes"):
            continue
        if shape.find("draw:image", ODF) is not None:
            found.append(("picture", shape.findtext("svg:desc", "", ODF)))
        else:
            found.append((kind, "\n".join("".join(line.itertext()) for line in shape.iterfind(".//text:p", ODF))))
    return found


def test_a_long_title_of_a_slide_has_smaller_letters(tmp_path):
    pptx = pytest.importorskip("pptx")
    team = "Donaudampfschifffahrtsgesellschaft " * 6
    frame, book = own()
    dx.page(
        dx.read_survey(frame.assign(team=frame["team"] + f" of the {team}"), book),
        "team",
        team=f"Team 1 of the {team}".strip(),
    ).save(tmp_path / "page.pptx")
    sizes = [
        slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size.pt
        for slide in pptx.Presentation(tmp_path / "page.pptx").slides
    ]
    assert sizes == [20, 16]
