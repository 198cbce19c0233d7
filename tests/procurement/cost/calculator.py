"""Random vendors, and a plain calculator of theirs: loops over months, nothing of the package.

A world is a dict of lists of rows, as in the sheets of a dossier, of certain numbers alone."""

import math
import random
from functools import wraps

NAMES = ("licence", "support", "hosting", "operations", "other", "implementation")
PAID = NAMES[:3]
BILLED = (
    "",
    "monthly in advance",
    "quarterly",
    "quarterly in arrears",
    "half-yearly",
    "yearly",
    "yearly in arrears",
    "term",
)
MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}


def world(seed):
    """A vendor A of three to six lines that use every clause now and then."""
    r = random.Random(seed)
    horizon = r.choice([1, 2, 3, 3, 3, 4])
    decision = {
        "horizon_years": horizon,
        "discount_rate": r.choice([0, 0.08, 0.1, 0.2]),
        "discounting": r.choice(["payment", "payment", "year end"]),
        "tax": r.choice([0, 0, 0.19]),
        "currency": "EUR",
        "start": r.choice(["", "2026-03-15", "2027-01-01"]),
        "jurisdiction": r.choice(["", "EU"]),
    }
    drivers = {
        name: {"amount": amount, "growth": r.choice([0, 0.1, -0.15, 0.3])}
        for name, amount in (("seats", r.randint(20, 400)), ("use", r.randint(500, 60_000)), ("EUR per USD", 0.9))
    }
    lines = [_line(r, f"line {k}", horizon) for k in range(r.randint(3, 6))]
    if not any(line["category"] in PAID for line in lines):
        decision["tax"] = 0
    steps = [row for line in lines for row in line.pop("steps")]
    if r.random() < 0.3:
        share = 0.0
        for start in (r.choice([1, 3]), 7, 13):
            share = min(1.0, share + r.choice([0.2, 0.4]))
            steps.append({"line": "", "what": "adoption", "from": start, "likely": share})
    leaving = {
        "term_months": r.choice([0, 6, 12, 12, 24, 36]),
        "renewal_months": r.choice([1, 6, 12]),
        "notice_months": r.choice([0, 1, 3]),
        "overlap_months": r.choice([0, 2, 3]),
        "liability": r.choice([1, 1, 0.5, 0]),
        "refund": r.choice([0, 0, 0.5, 1]),
        "hazard_forced": r.choice([0, 0.04]),
        "hazard_voluntary": r.choice([0, 0.1, 0.3]),
        "data_service": r.choice([0, 1]),
        "data_gb": r.choice([20, 5_000]),
    }
    if leaving["term_months"] == 0:
        for line in lines:
            if line.get("billed") == "term" and not line.get("term_months"):
                line["billed"] = "yearly"
    return {"decision": decision, "drivers": drivers, "costs": lines, "steps": steps, "exit": leaving}


def _line(r, name, horizon):
    last = 12 * horizon
    timing = r.choice(["monthly", "yearly", "yearly", "once"])
    line = {
        "line": name,
        "category": r.choice(NAMES),
        "timing": timing,
        "likely": r.choice([10, 99.5, 1200]),
        "steps": [],
    }
    if r.random() < 0.2:
        line["currency"] = "USD"
    if r.random() < 0.15:
        line["chance"] = r.choice([0.25, 1])
    if r.random() < 0.4:
        line["from_month"] = r.randint(1, last)
    if timing != "once":
        if r.random() < 0.25:
            line["to_month"] = r.randint(int(line.get("from_month", 1)), last + 5)
        line["billed"] = r.choice(BILLED)
        if r.random() < 0.4:
            line["growth"] = r.choice([0.05, 0.12, -0.1])
            if r.random() < 0.4:
                line["uplift_cap"] = 0.08
            if r.random() < 0.4:
                line["rises"] = "renewal"
        if r.random() < 0.3:
            line["term_months"] = r.choice([6, 12, 18, 36])
    if r.random() < 0.7:
        line["per"] = r.choice(["seats", "use"])
        if r.random() < 0.3:
            line["minimum"] = r.choice([50, 300, 5_000])
        if r.random() < 0.3:
            line["block"] = r.choice([7, 100])
        if r.random() < 0.3:
            line["ratchet"] = "yes"
        kind = r.random()
        if kind < 0.25:
            line.update(included=r.choice([50, 1_000]), overage=r.choice([0.5, 12]))
        elif kind < 0.6:
            what = r.choice(["graduated", "volume", "band"])
            tops = [0, *sorted(r.sample([40, 200, 1_000, 20_000], r.randint(1, 3)))]
            for k, top in enumerate(tops):
                row = {"line": name, "what": what, "from": top, "likely": round(r.uniform(0.1, 9) / (k + 1), 3)}
                if what != "band" and r.random() < 0.5:
                    row["fixed"] = r.choice([5, 100])
                line["steps"].append(row)
            line["likely"] = ""
    if line["category"] in PAID and timing != "once":
        if r.random() < 0.3:
            line["committed"] = r.choice(["all", "minimum", "none"])
        if r.random() < 0.2:
            line["steps"] += [
                {"line": name, "what": "liability", "from": at, "likely": share} for at, share in ((1, 1), (13, 0.5))
            ]
    if line["likely"] != "" and r.random() < 0.2:
        line["likely"] = ""
        line["steps"] += [
            {"line": name, "what": "price", "from": at, "likely": amount}
            for at, amount in ((r.choice([1, 4]), 80), (13, 95))
        ]
    return line


def once(method):
    """A method that works out each line and month once."""

    @wraps(method)
    def known(self, line, *at):
        key = method, id(line), *at
        if key not in self.known:
            self.known[key] = method(self, line, *at)
        return self.known[key]

    return known


class Plain:
    """The schedule and the leaving of a world, month by month."""

    def __init__(self, world):
        self.known = {}
        self.w, self.d, self.x = world, world["decision"], world["exit"]
        self.last = 12 * self.d["horizon_years"]
        self.top = self.last + 60

    def driver(self, name, m):
        one = self.w["drivers"][name]
        return one["amount"] * (1 + one["growth"]) ** ((max(m, 1) - 1) // 12)

    def rows(self, line, what):
        own = [s for s in self.w["steps"] if s["line"] == line["line"] and s["what"] == what]
        return own or [s for s in self.w["steps"] if s["line"] == "" and s["what"] == what]

    def level(self, rows, m):
        return next((s["likely"] for s in reversed(rows) if s["from"] <= m), 0)

    @once
    def asked(self, line, m, nothing=False):
        units = 0 if nothing else self.driver(line["per"], m)
        if self.rows(line, "adoption"):
            units *= self.level(self.rows(line, "adoption"), m)
        units = max(line.get("minimum", 0) if line.get("minimum") else -math.inf, units)
        if line.get("block"):
            units = math.ceil(units / line["block"] - 1e-9) * line["block"]
        return units

    @once
    def units(self, line, m, nothing=False):
        if line.get("ratchet") and not nothing and m > 1:
            return max(self.units(line, m - 1), self.asked(line, m))
        return self.asked(line, m, nothing)

    def charge(self, line, m, nothing=False):
        units = self.units(line, m, nothing) if line.get("per") else 1
        for what in ("graduated", "volume", "band"):
            tiers = [s for s in self.w["steps"] if s["line"] == line["line"] and s["what"] == what]
            if tiers:
                return self.tiered(what, tiers, units)
        prices = [s for s in self.w["steps"] if s["line"] == line["line"] and s["what"] == "price"]
        amount = self.level(prices, m) if prices else line["likely"]
        if "included" in line:
            return amount + line["overage"] * max(units - line["included"], 0)
        return amount * units

    @staticmethod
    def tiered(what, tiers, units):
        if units <= 0:
            return 0
        reached = [s for s in tiers if units > s["from"] * (1 + 1e-12)]
        if what == "band":
            return reached[-1]["likely"]
        if what == "volume":
            return units * reached[-1]["likely"] + reached[-1].get("fixed", 0)
        ends = [*(s["from"] for s in reached[1:]), units]
        return sum((end - s["from"]) * s["likely"] + s.get("fixed", 0) for s, end in zip(reached, ends, strict=True))

    def term(self, line):
        own = line.get("term_months")
        return (own, own) if own else (self.x["term_months"], self.x["renewal_months"])

    def factor(self, line, m):
        f = self.driver("EUR per USD", m) if line.get("currency") else 1
        f *= 1 + self.d["tax"] if line["category"] in PAID else 1
        return f * line.get("chance", 1)

    @once
    def service(self, line, m, nothing=False):
        if line["timing"] == "once" or not line.get("from_month", 1) <= m <= line.get("to_month", math.inf):
            return 0
        rate = min(line.get("growth", 0), line.get("uplift_cap", math.inf))
        term = self.term(line)[0]
        times = (m - 1) // term if line.get("rises") == "renewal" and term else (m - 1) // 12
        whole = self.charge(line, m, nothing) * (1 + rate) ** times * self.factor(line, m)
        return whole / 12 if line["timing"] == "yearly" else whole

    def committed(self, line, m):
        what = line.get("committed") or ("minimum" if "included" in line else "all")
        return {"all": self.service(line, m), "minimum": self.service(line, m, True), "none": 0}[what]

    @once
    def payments(self, line):
        """(t, money, year) of each payment."""
        start = line.get("from_month", 1)
        if line["timing"] == "once":
            year = 0 if start == 1 else math.ceil(start / 12)
            return [(start - 1, self.charge(line, start) * self.factor(line, start), year)]
        billed = line.get("billed") or "monthly"
        period = self.term(line)[0] if billed.startswith("term") else MONTHS[billed.split(" in ")[0]]
        advance = billed.endswith("advance") or (period != 1 or billed == "term") and not billed.endswith("arrears")
        found, m = [], start
        while m <= self.last:
            end = min(m + period - 1, self.last)
            money = sum(self.service(line, k) for k in range(m, end + 1))
            t = m - 1 if advance else end
            found.append((t, money, t // 12 + 1 if advance else math.ceil(t / 12)))
            m = end + 1
        return found

    def discount(self, t, year):
        return (1 + self.d["discount_rate"]) ** (-year if self.d["discounting"] == "year end" else -t / 12)

    def months(self):
        """Per line: service by month, what is paid at each t."""
        for line in self.w["costs"]:
            pays = self.payments(line)
            paid = [sum(money for t, money, _ in pays if t == k) for k in range(self.last + 1)]
            yield line, [self.service(line, m) for m in range(self.last + 13)], paid

    def pv(self):
        return sum(money * self.discount(t, year) for line in self.w["costs"] for t, money, year in self.payments(line))

    def by_year(self):
        years = [0.0] * (self.d["horizon_years"] + 1)
        for line in self.w["costs"]:
            for _, money, year in self.payments(line):
                years[year] += money
        return years

    def left(self, e):
        """unused, contract and fees of the overlap if the vendor is left after e months; what is used and not paid."""
        unused = both = owed = after = 0.0
        for line in self.w["costs"]:
            if line["timing"] == "once":
                continue
            pays = sum(money for t, money, _ in self.payments(line) if t < e)
            served = sum(self.service(line, m) for m in range(1, e + 1))
            after += max(0, served - pays)
            if line["category"] not in PAID:
                continue
            term, renewal = self.term(line)
            end = e if not term else term if e <= term else term + math.ceil((e - term) / renewal) * renewal
            unused += max(0, pays - served)
            overlap = self.x["overlap_months"]
            both += sum(self.service(line, m) for m in range(e + 1, e + overlap + 1))
            schedule = self.rows(line, "liability")
            share = self.level(schedule, max(e, 1)) if schedule else self.x["liability"]
            owed += share * sum(self.committed(line, m) for m in range(min(e + overlap, end) + 1, end + 1))
        left = max(0, unused - both)
        contract = max(0, owed - left) - self.x["refund"] * max(0, left - owed)
        return {"unused": unused, "contract": contract, "fees": max(0, both - unused), "used, not paid": after}
