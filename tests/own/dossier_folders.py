"""Dossiers that are not ours, each with one thing about it, and what they cost by a calculation apart from dxkit."""

import csv
from dataclasses import dataclass, field

import openpyxl

BENEFITS = "cash that comes back needs benefits"
CRITERIA = "a scorecard needs criteria"
WEIGHTS = "a scorecard needs weights"
SECOND = "a comparison of vendors needs a second one"
MOVE = "is the only vendor"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A dossier as it was told: rows by sheet, how it is written, and the inputs that its pages must leave out."""

    sheets: dict
    form: str = "xlsx"
    decimal: str = "."
    absent_03: tuple = ()
    absent_04: tuple = ()
    words: tuple = field(default=())  # what must stand on both pages

    def write(self, folder, name):
        """The dossier as a workbook or a folder of csv files."""
        if self.form == "xlsx":
            book = openpyxl.Workbook()
            book.remove(book.active)
            for sheet, rows in self.sheets.items():
                page = book.create_sheet(sheet)
                for row in _grid(rows):
                    page.append([None if cell == "" else cell for cell in row])
            book.save(folder / f"{name}.xlsx")
            return folder / f"{name}.xlsx"
        place = folder / name
        place.mkdir()
        for sheet, rows in self.sheets.items():
            with open(place / f"{sheet}.csv", "w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, delimiter=";" if self.decimal == "," else ",")
                writer.writerows([self._text(cell) for cell in row] for row in _grid(rows))
        return place

    def _text(self, cell):
        """The text of a cell: numbers with the decimal sign of this dossier."""
        text = f"{cell:.12g}" if isinstance(cell, float) else str(cell)
        return text.replace(".", self.decimal) if isinstance(cell, float) else text

    def totals(self):
        """What each vendor costs: nominal and as present value. Exact up to three years of one uncertain growth."""
        decision = {row["key"]: row["value"] for row in self.sheets.get("decision", ())}
        horizon, rate = decision.get("horizon_years", 3), decision.get("discount_rate", 0.1)
        drivers = {row["driver"]: row for row in self.sheets.get("drivers", ())}
        cost = {}
        for row in self.sheets["costs"]:
            flows = _flows(row, drivers.get(row.get("per", "")), horizon)
            nominal, present = cost.get(row["vendor"], (0.0, 0.0))
            present += sum(flow * _today(year, rate) for year, flow in enumerate(flows))
            cost[row["vendor"]] = (nominal + sum(flows), present)
        return cost


def _today(year, rate):
    """What 1 is worth today: at the start, or paid in equal parts at the ends of the months of a year."""
    months = range(12 * year - 11, 12 * year + 1)
    return sum((1 + rate) ** (-month / 12) for month in months) / 12 if year else 1.0


def _grid(rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [names, *([row.get(name, "") for name in names] for row in rows)]


def _mean(row):
    low, likely, high = row.get("low", ""), row["likely"], row.get("high", "")
    return likely if low == "" else (low + 4 * likely + high) / 6


def _grown(years, fixed, low="", likely=0.0, high=""):
    """The mean of a growth over so many years: of a number, or the first two moments of a range."""
    mean, variance = likely, 0.0
    if low != "":
        mean = (low + 4 * likely + high) / 6
        variance = (mean - low) * (high - mean) / 7
    of_range = (1.0, 1 + mean, (1 + mean) ** 2 + variance)[years] if variance else (1 + mean) ** years
    return of_range * (1 + fixed) ** years


def _flows(row, driver, horizon):
    times = {"initial": 0, "yearly": 1, "monthly": 12}[row["timing"]]
    amount = _mean(row) * (_mean(driver) if driver else 1.0)
    if not times:
        return [amount, *[0.0] * horizon]
    growths = [driver.get(f"growth_{name}", "") for name in ("low", "likely", "high")] if driver else ["", 0.0, ""]
    growths[1] = growths[1] or 0.0
    return [0.0, *(amount * times * _grown(year, row.get("growth", 0.0), *growths) for year in range(horizon))]


def decision(**values):
    told = {"title": "Our tool", "currency": "EUR", "start": "2027-03-01", "status": "quoted"} | values
    return [{"key": key, "value": value} for key, value in told.items()]


def costs(*vendors, ranges=True, scale=1.0, per="seats"):
    """Seats by the month and work by the year for each vendor, and a roll-out at the start."""
    rows = []
    for k, vendor in enumerate(vendors, 1):
        seats = {"likely": scale * (18.0 + 2 * k), "growth": 0.03, "per": per}
        work = {"likely": scale * 20000.0 * k}
        if ranges:
            seats |= {"low": scale * (15.0 + 2 * k), "high": scale * (25.0 + 2 * k)}
            work |= {"low": scale * 9000.0 * k, "high": scale * 50000.0 * k}
        source = {"source": "quote 4711", "source_date": "2026-11-02"}
        rows.append({"vendor": vendor, "line": "seats", "category": "licence", "timing": "monthly", **seats, **source})
        rows.append({"vendor": vendor, "line": "own work", "category": "operations", "timing": "yearly", **work})
        start = {"category": "implementation", "timing": "initial", "likely": scale * 30000.0}
        rows.append({"vendor": vendor, "line": "roll-out", **start})
    return rows


SEATS = [{"driver": "seats", "unit": "people", "likely": 120.0, "growth_low": 0.0, "growth_likely": 0.05}]
SEATS[0] |= {"low": 100.0, "high": 150.0, "growth_high": 0.12, "source": "head count", "source_date": "2026-10-01"}
FIXED = [{"driver": "seats", "unit": "people", "likely": 120.0}]
TWO = ("Acme Portal", "Zenith")


def benefits(*vendors, scale=1.0):
    one = {"line": "old licences", "ledger": "cash", "timing": "yearly", "declared": "not in the costs"}
    return [{"vendor": vendor, **one, "likely": scale * 12000.0} for vendor in vendors]


def criteria(most=400000.0, least=20000.0):
    money = {"worst": most, "best": least}
    rows = [{"criterion": "ease", "weight_low": 20.0, "weight": 30.0, "weight_high": 40.0, "measure": "rating"}]
    rows.append({"criterion": "what it costs", "weight": 40.0, **money, "measure": "tco"})
    rows.append({"criterion": "what leaving costs", "weight": 10.0, **money, "measure": "exit_cost"})
    return [*rows, {"criterion": "single sign-on", "must": "yes"}]


def evidence(*vendors):
    rows = []
    for k, vendor in enumerate(vendors):
        rows.append({"vendor": vendor, "criterion": "ease", "rating": 3.0 + k % 2, "kind": "trial"})
        rows.append({"vendor": vendor, "criterion": "ease", "rating": 4.0, "kind": "demo"})
        rows.append({"vendor": vendor, "criterion": "single sign-on", "rating": "pass", "kind": "documentation"})
    return rows


def leaving(scale=1.0):
    given = {"engineer_day_rate": 600.0 * scale, "user_day_rate": 500.0 * scale, "integrations": 8.0, "records": 900.0}
    return [{"vendor": "all", "input": name, "likely": value} for name, value in given.items()]


def fit(*vendors):
    one = {"topic": "waiting for builds", "likely": 0.2, "kind": "trial"}
    return [{"vendor": vendor, **one, "low": 0.1, "high": 0.4} for vendor in vendors]


def whole(*vendors, scale=1.0, ranges=True, drivers=SEATS, **sheets):
    """Every sheet; one that is given as None is left out."""
    told = {
        "decision": decision(),
        "drivers": drivers if ranges else FIXED,
        "costs": costs(*vendors, ranges=ranges, scale=scale),
        "benefits": benefits(*vendors, scale=scale),
        "exit": leaving(scale),
        "criteria": criteria(400000.0 * scale, 20000.0 * scale),
        "evidence": evidence(*vendors),
        "fit": fit(*vendors),
    } | sheets
    return {name: rows for name, rows in told.items() if rows is not None}


def _all_of(rows, **fields):
    return [row | fields for row in rows]


_SIX = tuple(f"Vendor {letter}" for letter in "ABCDEF")
_LONG = tuple(f"{name}, a vendor whose name is longer than a line of a picture has room for" for name in TWO)
_JAPANESE = ("東京ツール株式会社", "大阪ソフト")
_MARKS = ("A & B <b>", 'O\'Brien "$5 to $10"')

DOSSIERS = {
    "all sheets": Told(sheets=whole(*TWO, "Omega")),
    "no decision": Told(sheets=whole(*TWO, decision=None)),
    "no drivers": Told(sheets=whole(*TWO, drivers=None, costs=costs(*TWO, per=""))),
    "no benefits": Told(sheets=whole(*TWO, benefits=None), absent_04=(BENEFITS,)),
    "no leaving": Told(sheets=whole(*TWO, exit=None)),
    "no criteria": Told(sheets=whole(*TWO, criteria=None, evidence=None), absent_03=(CRITERIA,)),
    "no evidence": Told(sheets=whole(*TWO, evidence=None)),
    "only must-haves": Told(
        sheets=whole(*TWO, criteria=criteria()[-1:], evidence=evidence(*TWO)[2::3]), absent_03=(WEIGHTS,)
    ),
    "no fit": Told(sheets=whole(*TWO, fit=None)),
    "decision, drivers, costs": Told(
        sheets={"decision": decision(), "drivers": FIXED, "costs": costs(*TWO, ranges=False)},
        absent_03=(CRITERIA,),
        absent_04=(BENEFITS,),
    ),
    "only costs": Told(
        sheets={"costs": costs(*TWO, per="", ranges=False)}, form="csv", absent_03=(CRITERIA,), absent_04=(BENEFITS,)
    ),
    "one vendor": Told(sheets=whole("Acme Portal"), absent_03=(SECOND,), absent_04=(MOVE,)),
    "one vendor, only costs": Told(
        sheets={"costs": costs("Acme Portal", per="")}, absent_03=(CRITERIA,), absent_04=(BENEFITS, MOVE)
    ),
    "six vendors": Told(sheets=whole(*_SIX), form="csv"),
    "no ranges": Told(sheets=whole(*TWO, ranges=False)),
    "another currency": Told(sheets=whole(*TWO, scale=160.0, decision=decision(currency="JPY"))),
    "a comma for decimals": Told(sheets=whole(*TWO), form="csv", decimal=","),
    "large amounts": Told(sheets=whole(*TWO, scale=1e7)),
    "small amounts": Told(sheets=whole(*TWO, scale=1e-3)),
    "no sources": Told(sheets=whole(*TWO, costs=_all_of(costs(*TWO), source="", source_date="")), form="csv"),
    "nothing costs anything": Told(
        sheets=whole(*TWO, costs=[row | {"low": "", "likely": 0.0, "high": ""} for row in costs(*TWO)])
    ),
    "one vendor is free": Told(
        sheets=whole(*TWO, costs=costs("Acme Portal") + _all_of(costs("Zenith"), low="", likely=0.0, high=""))
    ),
    "long names": Told(sheets=whole(*_LONG), words=_LONG),
    "Japanese names": Told(
        sheets=whole(*_JAPANESE, decision=decision(title="開発者ポータル", currency="JPY")), words=_JAPANESE
    ),
    "marks in names": Told(sheets=whole(*_MARKS), form="csv"),
    "only monthly lines": Told(sheets=whole(*TWO, costs=[row for row in costs(*TWO) if row["timing"] == "monthly"])),
    "only at the start": Told(sheets=whole(*TWO, costs=[row for row in costs(*TWO) if row["timing"] == "initial"])),
    "one year": Told(sheets=whole(*TWO, decision=decision(horizon_years=1))),
    "ten years without interest": Told(
        sheets=whole(*TWO, ranges=False, decision=decision(horizon_years=10, discount_rate=0.0))
    ),
    "no start": Told(sheets=whole(*TWO, decision=[row for row in decision() if row["key"] != "start"])),
}
