"""A catalog out of entity files and JSON: components of one repository and of several, and what cannot be read."""

import json
import sys

import pytest

import dxkit as dx

SHOP = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  annotations:
    github.com/project-slug: org/mono
spec:
  owner: group:default/be
---
kind: API
metadata: {name: shop-api}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "services" / "shop").mkdir(parents=True)
    (tmp_path / "services" / "shop" / "catalog-info.yaml").write_text(SHOP)
    (tmp_path / "catalog-info.yml").write_text("kind: component\nmetadata:\n  name: root\nspec: {owner: platform}\n")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "catalog-info.yaml").write_text(SHOP)
    return tmp_path


def test_a_folder_gives_its_components_and_counts_the_rest(folder):
    (folder / "broken").mkdir()
    (folder / "broken" / "catalog-info.yaml").write_text("a: [1")
    found = dx.read_catalog(folder)
    assert found[["service", "path", "repository", "owner"]].to_numpy().tolist() == [
        ["root", ".", "", "platform"],
        ["shop", "services/shop", "org/mono", "group:default/be"],
    ]
    assert found.attrs["left_out"] == {"not components": 1, "unreadable files": 1}
    assert dx.catalog_health(found, "services/ @org/be\n").services["agrees"].tolist() == [None, True]


def test_repositories_beside_each_other_are_told_apart(tmp_path):
    for name in ("shop", "till"):
        (tmp_path / name / ".git").mkdir(parents=True)
        (tmp_path / name / "catalog-info.yaml").write_text(
            f"kind: Component\nmetadata: {{name: {name}}}\nspec: {{owner: a}}\n"
        )
    found = dx.read_catalog(tmp_path)
    assert found[["service", "path", "repository"]].to_numpy().tolist() == [
        ["shop", ".", "shop"],
        ["till", ".", "till"],
    ]
    health = dx.catalog_health(found, {"shop": "* @org/a", "till": "* @org/b"})
    assert health.services["agrees"].tolist() == [True, False]


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"items": items}], ids=["array", "page"])
def test_entities_as_json(tmp_path, wrap):
    place = "url:https://github.com/org/mono/tree/main/services/shop/"
    entity = {
        "kind": "Component",
        "metadata": {"name": "shop", "annotations": {"backstage.io/source-location": place}},
        "spec": {"owner": "be"},
    }
    (tmp_path / "entities.json").write_text(json.dumps(wrap([entity, {"kind": "System", "metadata": {"name": "x"}}])))
    found = dx.read_catalog(tmp_path / "entities.json")
    assert found.to_numpy().tolist() == [["shop", "services/shop", "org/mono", "be", "yes"]]
    assert found.attrs["left_out"]["not components"] == 1


@pytest.mark.parametrize("text", ["a: [1", "kind: API\nmetadata: {name: x}\n", "!!python/object/apply:os.system ['x']"])
def test_a_file_without_a_component_is_refused(tmp_path, text, refusal):
    (tmp_path / "catalog-info.yaml").write_text(text)
    with refusal("catalog-info.yaml"):
        dx.read_catalog(tmp_path / "catalog-info.yaml")


def test_without_pyyaml_the_message_says_what_to_install(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(dx.Missing, match=r"dxkit\[catalog\]"):
        dx.read_catalog(folder)
