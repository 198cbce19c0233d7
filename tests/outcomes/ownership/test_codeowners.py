"""Who owns a path, as GitHub and GitLab have it: cases of public bug reports with their neighbours, and time."""

import itertools
import random
import shutil
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dxkit as dx
from dxkit.outcomes.ownership.codeowners import rules_of


def owned(rules, *paths, dialect="auto"):
    return [" ".join(rules_of(rules, dialect).owners(path)) for path in paths]


def agreement(catalog, rules, **options):
    rows = [line.split(",") for line in catalog]
    frame = pd.DataFrame(rows, columns=["service", "path", "owner", "repository"][: len(rows[0])])
    return dx.catalog_health(frame.assign(registered="yes"), rules, **options).services["agrees"].tolist()


# GitLab's sections with default owners (getsentry/sentry #86351; beaugunderson/codeowners #37; renovatebot #29202)


@pytest.mark.parametrize(
    ("rules", "agrees"),
    [
        ("[Team Core] @org/team-core\nfolder-1/\n\n[Team Other] @org/team-other\nfolder-2/\n", [True, True]),
        ("^[Core][2] @org/team-core\nfolder-1/\n[Other] @org/team-core\nfolder-2/ @org/team-other\n", [True, True]),
        ("[Core] @org/team-core\nfolder-1/\n[Other]\nfolder-2/\n", [True, None]),
    ],
    ids=["default owners", "optional, approvals, own owners", "a section without owners"],
)
def test_sections_give_their_owners_to_lines_without(rules, agrees):
    assert agreement(["shop,folder-1,team-core", "till,folder-2,team-other"], rules) == agrees


def test_each_section_has_its_last_match_and_an_exclusion_is_for_good():
    rules = "[BE] @be\nsrv/\n[SEC] @sec\nsrv/\n!srv/doc/\nsrv/doc/ @late\n"
    assert owned(rules, "srv/shop", "srv/doc") == ["@be @sec", "@be"]
    assert owned("* @all\n[be] @one\nsrv/\n[BE]\nsrv/ @two\n", "srv", "web") == ["@all @two", "@all"]
    assert owned("* @@maintainer @org/a\n", "srv") == ["@org/a"]
    assert owned("[docs] @d\n/srv/ @a\n", "x/srv", "srv", dialect="gitlab") == ["", "@a"]
    assert owned("[docs] @d\nsrv/ @a\n/lib[12]/ @l\n", "x/srv", "lib1", "lib3") == ["@a", "@l", ""]


@pytest.mark.parametrize(
    ("rule", "file", "folder", "deeper"),
    [("/srv/a", "", "", ""), ("/srv/a/", "", "@x", "@x"), ("/srv/a/*", "", "@x", ""), ("/srv/a/**", "", "@x", "")]
    + [("srv/a", "", "", ""), ("/srv/*", "@x", "", ""), ("/srv/**/*", "@x", "@x", "@x"), ("**", "@x", "@x", "@x")],
)
def test_a_gitlab_rule_takes_a_whole_path_and_only_a_last_slash_what_is_below(rule, file, folder, deeper):
    """gitlab-org/gitlab compares the whole path with File.fnmatch; GitHub's rules take what is below as well."""
    assert owned(f"[all]\n{rule} @x\n", "srv", "srv/a", "srv/a/b") == [file, folder, deeper]


def test_gitlab_has_no_comments_behind_a_rule():
    rules = "[all]\nsrv/ @a # not @b yet\n# web/ @c\n\\#doc/ @d\n"
    assert owned(rules, "srv", "web", "#doc") == ["@a @b", "", "@d"]
    assert owned(rules.removeprefix("[all]\n"), "srv", dialect="github") == ["@a"]


def test_a_name_in_brackets_before_a_path_is_no_section_of_a_github_file():
    assert not rules_of("[ab]*/ @org/x\n* @y").gitlab
    assert rules_of("[Section]\n* @y").gitlab
    assert not rules_of("[Section]\n* @y", "github").gitlab


# an owner's mail address (backstage/backstage PR 2625, #6398)


@pytest.mark.parametrize(
    ("owner", "rule", "agrees"),
    [
        ("user:alice", "alice@example.com", True),
        ("user:default/Alice", "@alice", True),
        ("user:alice", "bob@example.com", False),
        ("group:payments/platform", "@infra-org/platform", False),
        ("group:platform", "@infra-org/platform", True),
        ("group:infra-org/platform", "@infra-org/platform", True),
        ("platform", "@group/sub/platform", True),
    ],
)
def test_owners_agree_by_name_unless_both_name_another_organisation(owner, rule, agrees):
    assert agreement([f"shop,srv,{owner}"], f"* {rule}\n/x @org/y\n") == [agrees]


def test_an_alias_joins_what_has_two_names(refusal):
    aliases = {"group:payments/platform": "@infra-org/platform"}
    assert agreement(["shop,srv,group:payments/platform"], "* @infra-org/platform\n", aliases=aliases) == [True]
    assert agreement(["shop,srv,group:payments/platform"], "* @infra-org/other\n", aliases=aliases) == [False]
    with refusal("aliases"):
        agreement(["shop,srv,a"], "* @b\n", aliases=["x"])


# rules for the entry file say nothing of the service (cf. backstage/backstage PR 16210)


@pytest.mark.parametrize(
    "rule", ["**/catalog-info.yaml @org/platform", "*.md @org/platform", "/srv/shop/README @org/x"]
)
def test_a_rule_for_a_certain_file_says_nothing_of_the_folder(rule):
    assert agreement(["shop,srv/shop,be"], f"srv/ @org/be\n{rule}\n") == [True]


def test_a_rule_for_every_file_of_a_folder_does():
    assert owned("* @a\n/srv/shop/* @b\n", "srv/shop", "srv/shop/api", "srv") == ["@b", "@a", "@a"]


# several repositories, each with its own file (backstage/backstage #29993)


@pytest.mark.parametrize(
    ("files", "agrees"),
    [
        ({"org/shop": "* @org/be", "org/till": "* @org/fe"}, [True, True]),
        ({"Org/Shop": "* @org/be"}, [True, None]),
        ({"org/till": "* @org/be"}, [None, False]),
    ],
    ids=["both", "one, however it is spelled", "the other"],
)
def test_each_repository_has_its_own_rules(files, agrees):
    assert agreement(["shop,.,be,org/shop", "till,.,fe,org/till"], files) == agrees


# depth, spaces, comments, case and globs (several reports, and gitignore's own rules)


@pytest.mark.parametrize(
    ("rules", "paths", "owners"),
    [
        ("config/ @a\n", ["services/api/config"], ["@a"]),
        ("* @d\n/apps/ @o\n/apps/github\n", ["apps/x", "apps/github"], ["@o", ""]),
        ("* @d\n/config @a\n", ["a/config", "config"], ["@d", "@a"]),
        (
            "*\t@d\r\n/path\\ with\\ space/ @a\r\n/apps/#1 @b # note\r\n",
            ["path with space", "apps/#1", "x"],
            ["@a", "@b", "@d"],
        ),
        ("* @d\n/srv @a\n/SRV/ @b\n", ["srv", "Srv", "SRV"], ["@a", "@d", "@b"]),
        (
            "* @d\n/srv/* @a\nservices/*/ @b\n/**/api/ @c\n",
            ["srv", "srv/x", "services/shop", "services", "x/api"],
            ["@a", "@d", "@b", "@d", "@c"],
        ),
        ("/a/**/b @x\n", ["a/b", "a/q/b", "a/q/r/b", "a"], ["@x", "@x", "@x", ""]),
        ("/a/** @x\n", ["a", "a/b/c", "b"], ["@x", "@x", ""]),
        ("a/b @x\n", ["a/b", "q/a/b"], ["@x", ""]),
        ("a?c/ @x\n", ["abc", "ac", "q/a-c/d"], ["@x", "", "@x"]),
        ("/ @x\n* @y\n", ["."], ["@y"]),
    ],
)
def test_rules_match_as_github_documents_them(rules, paths, owners):
    assert owned(rules, *paths) == owners


def test_a_rule_of_many_stars_returns_at_once():
    """A regular expression would take longer than the universe has lasted."""
    many, double = rules_of("/" + "*a" * 30 + "b/ @x\n"), rules_of("/" + "**/a/" * 25 + "b/ @x\n")
    begin = time.process_time()
    assert many.owners("a" * 60) == []
    assert double.owners("/".join("a" * 60)) == []
    assert time.process_time() - begin < 0.05


NAMES = st.lists(st.sampled_from(["a", "b", "ab", "c.md"]), min_size=1, max_size=4)
GLOBS = st.lists(st.sampled_from(["a", "*", "**", "a*", "?b", "c.md"]), min_size=1, max_size=4)


def brute(parts, path):
    """Whether the parts of a rule match a path in full, by trying everything."""
    if not parts:
        return not path
    if parts[0] == "**":
        return any(brute(parts[1:], path[k:]) for k in range(len(path) + 1))
    return bool(path) and _same(parts[0], path[0]) and brute(parts[1:], path[1:])


def _same(glob, name):
    if not glob:
        return not name
    if glob[0] == "*":
        return any(_same(glob[1:], name[k:]) for k in range(len(name) + 1))
    return bool(name) and glob[0] in ("?", name[0]) and _same(glob[1:], name[1:])


@given(GLOBS, NAMES)
def test_a_rule_matches_what_trying_everything_finds(globs, names):
    rules = rules_of("/" + "/".join(globs) + " @x\n")
    parts = [*globs, "*"] if globs[-1] == "**" else globs
    whole = [*names, "\0"]
    last = globs[-1]
    found = any(brute(parts, whole[:k]) for k in range(1, len(whole))) and last != "*"
    found = found or brute(parts, names + ["~"]) and set(last) == {"*"}
    if all("\0" not in name for name in names):
        assert (rules.owners("/".join(names)) == ["@x"]) == found or last == "*"


def test_a_new_file_has_the_owner_of_its_folder():
    assert rules_of("* @a\nservices/ @b").owners("services/shop") == ["@b"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_github_rule_takes_the_files_that_git_would_ignore(tmp_path):
    """But for a `*` alone at its end, which takes the files of that very folder and nothing below."""
    draw = random.Random(20261127)
    parts = ["a", "b", "ab", "*", "a*", "*b", "**", "?", "c.d", "*.d"]
    names = ["a", "b", "ab", "c.d", "x.d", "z"]
    folders = sorted({"/".join(draw.choices(names, k=depth)) for depth in (1, 2, 3, 4) for _ in range(90)})
    files = dict.fromkeys(f"{folder}/new.file" for folder in folders)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    differ = {}
    for start, end, _ in itertools.product(["", "/"], ["", "/", "/**"], range(20)):
        rule = start + "/".join(draw.choices(parts, k=draw.randint(1, 3))) + end
        if rule.endswith("/*"):
            continue
        (tmp_path / ".gitignore").write_text(f"{rule}\n")
        asked = ["git", "-C", tmp_path, "check-ignore", "--no-index", "--stdin"]
        ignored = subprocess.run(asked, input="\n".join(files), capture_output=True, text=True).stdout.split()
        rules = rules_of(f"{rule} @x", "github")
        taken = [file for file in files if rules.owners(str(Path(file).parent))]
        differ |= {rule: set(ignored) ^ set(taken)} if set(ignored) != set(taken) else {}
    assert differ == {}
