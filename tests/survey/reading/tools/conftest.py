"""The export that the test of a tool writes, once for all of its tests."""

import pytest


@pytest.fixture(scope="module")
def path(request, tmp_path_factory):
    return request.module.exported(tmp_path_factory.mktemp("export"))
