"""`dxkit attack` finds nobody in what dxkit writes of generated companies, and everybody who is planted there."""

import pickle
import shutil

import pytest

from dxkit.project.attack import attack as attacking
from dxkit.project.attack import worked_out
from dxkit.project.attack.attack import attack
from tests.project.attacked import attacked
from tests.project.planted import KINDS, Clean


def once(function, key):
    """The same function, called once for each key of its arguments."""
    known = {}

    def called(*given, **options):
        at = key(*given, **options)
        if at not in known:
            known[at] = function(*given, **options)
        return known[at]

    return called


@pytest.fixture(scope="module")
def parts_once():
    """What no plant touches is read and audited once for all plants: files by their bytes, tables by their cells."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attacking, "read", once(attacking.read, lambda path, name: (name, path.read_bytes())))
        audit = once(worked_out.audit_tables, lambda *given, **options: pickle.dumps((given, sorted(options.items()))))
        patch.setattr(worked_out, "audit_tables", audit)
        yield


@pytest.fixture(scope="module")
def clean(tmp_path_factory, parts_once):
    """The output of a company, in which nobody is found."""
    folder = tmp_path_factory.mktemp("company")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DXKIT_OUT", str(folder / "made"))
        made = Clean(folder)
    assert attack(made.out, say=print) == 0
    return made


@pytest.mark.simulated
@pytest.mark.parametrize("i", range(5))
@pytest.mark.parametrize("plant", KINDS, ids=lambda plant: plant.__name__)
def test_a_disclosure_in_clean_output_is_found_and_named(clean, tmp_path, plant, i):
    out, lines = shutil.copytree(clean.out, tmp_path / "out"), []
    told = plant(clean, out, i)
    people = told.given[1] if told.given else None
    assert attack(out, people, say=lines.append) == 1, lines
    found = [line for line in lines if all(text in line for text in (told.file, told.where, told.who, told.how))]
    assert found, (told, lines)


@pytest.mark.simulated
@pytest.mark.parametrize("number", range(5))
def test_nobody_is_found_in_a_generated_company(number, tmp_path):
    """`python -m tests.project.attacked 100` looks at all."""
    code, lines = attacked(number, tmp_path)
    assert code == 0, lines
