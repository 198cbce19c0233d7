"""Tables and their columns as tests ask for them."""

from dxkit.files.table import Column, TableSpec, texts


def read_table(source, *, required=(), optional=(), sheet=None, **about):
    """A table whose columns are all text as yet."""
    columns = (*texts(*required, needed=True), *texts(*optional))
    return TableSpec(columns=columns, **about).read(source, sheet)


def typed(table, kind, faults, timezone="UTC", name="v", **declared):
    """A column of the table as one of a kind."""
    return table.typed(Column(name=name, kind=kind, **declared), faults, timezone)
