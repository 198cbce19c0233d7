"""The reference has a page for each public name, with the columns that its result declares."""

import importlib.util
import inspect

import pytest

import dxkit as dx
from dxkit.results.columns import Column
from tests.places import ROOT

spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)


def test_every_public_name_is_under_one_question():
    assert sorted(name for group in reference.grouped(dx.__all__).values() for name in group) == sorted(dx.__all__)


@pytest.mark.parametrize("names", [[*dx.__all__, "brand_new"], [name for name in dx.__all__ if name != "scores"]])
def test_a_name_without_question_or_without_object_stops_the_build(names):
    with pytest.raises(ValueError, match="brand_new" if "brand_new" in names else "scores"):
        reference.grouped(names)


@pytest.mark.parametrize("name", dx.__all__)
def test_a_page_shows_the_object_and_what_it_returns(name):
    page = reference.page_of(name)
    assert page.startswith(f"# dx.{name}\n\n::: dxkit.")
    kind = reference.returned(name)
    assert kind is None or kind.__name__ in page


@pytest.mark.parametrize("name", [name for name in dx.__all__ if inspect.isfunction(getattr(dx, name))])
def test_every_public_function_has_an_example(name):
    """`--doctest-modules` runs them all."""
    assert ">>>" in getattr(dx, name).__doc__


def test_declared_columns_become_a_table(monkeypatch):
    columns = (Column("<segment>", "the group"), Column("gap", "how far they are apart", "hours", unit="hours a week"))
    monkeypatch.setattr(reference.returned("scores"), "columns", columns)
    assert reference.page_of("scores").splitlines()[-6:] == [
        "## Columns",
        "",
        "| column | format | meaning |",
        "|---|---|---|",
        "| `<segment>` | text | the group |",
        "| `gap` | hours | how far they are apart, hours a week |",
    ]


def test_named_lines_of_a_docstring_become_a_table_and_examples_stay_code():
    class Kind:
        """What it is.

        top    the worst
               ones
        rank   1 the worst

        Examples
        --------
        >>> 1 + 1
        2
        """

    shown = reference.described(Kind)
    assert "| `top` | the worst ones |\n| `rank` | 1 the worst |" in shown
    assert shown.endswith("**Examples**\n\n```pycon\n>>> 1 + 1\n2\n```")


def test_a_docstring_that_cites_a_page_links_to_it():
    assert reference.linked('See docs/methods/finance.md, "Net present value".') == (
        'See <a href="../methods/finance.html#net-present-value">finance: Net present value</a>.'
    )
    assert reference.linked("(docs/tables.md)") == '(<a href="../tables.html">tables</a>)'


def test_a_default_that_is_a_constant_shows_its_number():
    module = importlib.import_module("dxkit.procurement.cost.ownership")
    assert reference.with_values("<code>DRAWS</code> <i>CSV</i>", module) == "<code>16_384</code> <i>CSV</i>"


def test_private_members_have_no_page():
    assert not [line for name in dx.__all__ for line in reference.page_of(name).splitlines() if "._" in line]


@pytest.mark.parametrize(
    ("source", "link", "shown"),
    [
        ("CHANGELOG.md", "[a](docs/methods/ranking.md#draws)", "[a](methods/ranking.md#draws)"),
        ("CHANGELOG.md", "[a](README.md)", "[a](README.md)"),
        ("docs/methods/README.md", "[a](ranking.md)", "[a](ranking.md)"),
        ("docs/large_data.md", "[a](../benchmarks/README.md)", "[a](benchmarks.md)"),
        ("docs/methods/tally.md", "[a](../../dxkit/result.py)", "a (`dxkit/result.py`)"),
        ("docs/script.md", "[a](https://example.org)", "[a](https://example.org)"),
        ("docs/script.md", "```sh\n[a](../x)\n```", "```sh\n[a](../x)\n```"),
    ],
)
def test_links_lead_to_the_site_or_become_paths(source, link, shown):
    assert reference.for_site(link, source) == shown
