"""Coverage-guided fuzzing of the readers: `python -m tests.hostile.fuzz -max_total_time=300 SEEDS`, with atheris.

Any bytes must give a table or a DataError. SEEDS is a folder of the files of `tests.hostile.corpus`, side by side.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["dxkit"]):
    import dxkit as dx
    from dxkit.files.csv_file import read as read_csv
    from dxkit.files.excel_file import read as read_xlsx
    from dxkit.files.opening import open_file
    from dxkit.files.table import read_table
    from dxkit.survey.reading.responses import read_survey

from tests.hostile.reading import CODEBOOK

PLACE = Path(tempfile.mkdtemp()) / "table.csv"


def one(data: bytes) -> None:
    """Read the bytes in every way a person may hand them over."""
    for reader in (lambda: read_csv(data, "table.csv"), lambda: read_xlsx(data, "table.xlsx")):
        try:
            reader()
        except dx.DataError:
            pass
    PLACE.write_bytes(data)
    for reader in (
        lambda: open_file(PLACE).sheets,
        lambda: read_table(PLACE, required=("team", "headcount")),
        lambda: read_survey(PLACE, CODEBOOK),
        lambda: dx.dora(PLACE),
        lambda: dx.read_dossier({"costs": PLACE}),
    ):
        try:
            reader()
        except dx.DataError:
            pass


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
