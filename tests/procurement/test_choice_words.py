"""What a scorecard says, word by word, on figures that are worked by hand."""

from tests.procurement.test_scorecard import made

import dxkit as dx


def test_a_single_vendor_is_its_own_choice():
    assert dx.scorecard(made([[5.0]], [1])).winner == "V0"
