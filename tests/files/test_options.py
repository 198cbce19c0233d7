"""Every option is checked before any work is done; a message names the option, the value and what would do."""

import re

import numpy as np
import pytest

from dxkit.files import options
from dxkit.files.errors import DataError


@pytest.mark.parametrize("value", [0.5, 0.999, np.float64(0.9), np.float32(0.5)])
def test_a_level_between_0_and_1_is_taken_as_a_float(value):
    assert options.confidence(value) == float(value)
    assert type(options.confidence(value)) is float


@pytest.mark.parametrize("value", [95, 1, 0, 1.0, -0.5, float("nan"), float("inf"), "0.95", None, True, [0.9]])
def test_other_levels_are_refused_by_name(value):
    with pytest.raises(DataError, match=r"^confidence="):
        options.confidence(value)


def test_a_percentage_is_told_its_level():
    with pytest.raises(DataError, match=re.escape("confidence=90: write a level between 0 and 1, such as 0.9 for 90%")):
        options.confidence(90)


@pytest.mark.parametrize("value", [3, 3.0, np.int64(3), np.uint8(3), np.float64(3)])
def test_whole_numbers_of_any_type_are_taken_as_an_int(value):
    assert options.whole("top", value, 1, 5) == 3
    assert type(options.whole("top", value, 1, 5)) is int


@pytest.mark.parametrize("value", [0, 6, 2.5, "3", None, True, float("nan"), float("inf"), 10**400, np.arange(3)])
def test_a_whole_number_outside_its_bounds_is_refused_with_them(value):
    with pytest.raises(DataError, match=r"^top=.*: write a whole number from 1 to 5$"):
        options.whole("top", value, 1, 5)


def test_large_whole_numbers_keep_every_digit_and_bounds_too():
    assert options.whole("seed", 2**64 + 1, 0) == 2**64 + 1
    with pytest.raises(DataError, match="from 1,024 to 16,777,216"):
        options.whole("draws", 0, 1_024, 2**24)
    with pytest.raises(DataError, match=r"seed=-1: write a whole number of 0 or more"):
        options.whole("seed", -1, 0)
    with pytest.raises(DataError, match=r"lag=1: write a whole number of 0 or less"):
        options.whole("lag", 1, high=0)
    with pytest.raises(DataError, match=r"lag=0.5: write a whole number$"):
        options.whole("lag", 0.5)


def test_a_number_is_finite_and_within_its_bounds():
    assert options.number("sd", np.int32(2), 0) == 2.0
    for value in (-1, float("nan"), float("inf"), "2", None, False):
        with pytest.raises(DataError, match=r"^sd=.*: write a number of 0 or more$"):
            options.number("sd", value, 0)


def test_a_wrong_word_is_told_the_nearest_or_all():
    known = ["team", "site", "role"]
    assert options.choice("by", "team", known) == "team"
    with pytest.raises(DataError, match=re.escape("by='taem': did you mean 'team'?")):
        options.choice("by", "taem", known)
    with pytest.raises(DataError, match=re.escape("by='x': use one of team, site, role")):
        options.choice("by", "x", known)
    with pytest.raises(DataError, match=re.escape("by=3: use one of team, site, role")):
        options.choice("by", 3, known)


def test_several_words_come_from_one_or_a_list():
    known = ["team", "site"]
    assert options.choices("by", None, known) == []
    assert options.choices("by", "team", known) == ["team"]
    assert options.choices("by", ("team", "site"), known) == ["team", "site"]
    with pytest.raises(DataError, match=re.escape("by='taem': did you mean 'team'?")):
        options.choices("by", ["site", "taem"], known)
    with pytest.raises(DataError, match=r"^by=7: write a name or a list of names; use one of team, site$"):
        options.choices("by", 7, known)


def test_a_wrong_kind_of_object_is_named_and_never_printed_whole():
    assert options.instance("dossier", {}, dict, "a dossier") == {}
    with pytest.raises(DataError, match=r"^dossier=<list>: give a dossier, from read_dossier$"):
        options.instance("dossier", [1] * 1000, dict, "a dossier, from read_dossier")
    with pytest.raises(DataError) as error:
        options.instance("dossier", "x" * 1000, dict, "a dossier")
    assert len(str(error.value)) < 100
