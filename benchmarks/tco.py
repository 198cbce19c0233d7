"""Cost of ownership against bare numpy, SALib, monaco and squigglepy."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pandas as pd

import dxkit as dx
from benchmarks.measure import Ratio, paired, peak, seconds, there

VENDORS, LINES, YEARS, DRAWS = 3, 12, 3, 131_072
TIMINGS = ["initial", "yearly", "monthly"]
CATEGORIES = ["licence", "implementation", "integration", "training", "operations", "support"]


def tables() -> dict[str, pd.DataFrame]:
    """A dossier of 3 vendors with 12 lines: 96 uncertain cells (36 amounts, 30 quantities and 30 growths)."""
    rng = np.random.default_rng(3)
    drivers = [
        {
            "driver": f"d{k}",
            "low": 80,
            "likely": 100,
            "high": 150,
            "growth_low": 0.0,
            "growth_likely": 0.03,
            "growth_high": 0.1,
        }
        for k in range(30)
    ]
    costs = []
    for vendor in range(VENDORS):
        for line in range(LINES):
            likely = float(rng.uniform(100, 1_000))
            per = f"d{(vendor * 10 + line) % 30}" if line < 10 else ""
            costs.append(
                {
                    "vendor": f"V{vendor}",
                    "line": f"l{line}",
                    "category": CATEGORIES[line % 6],
                    "timing": TIMINGS[line % 3],
                    "per": per,
                    "low": 0.7 * likely,
                    "likely": likely,
                    "high": 1.6 * likely,
                }
            )
    settings = pd.DataFrame({"key": ["discounting"], "value": ["year end"]})  # as the peers do
    return {
        "costs": pd.DataFrame(costs).astype(object),
        "drivers": pd.DataFrame(drivers).astype(object),
        "decision": settings,
    }


def cells(frames) -> list[tuple[float, float, float]]:
    """low, likely, high of every uncertain cell, amounts first."""
    found = [(row["low"], row["likely"], row["high"]) for row in frames["costs"].to_dict("records")]
    rows = frames["drivers"].to_dict("records")
    found += [(row["low"], row["likely"], row["high"]) for row in rows]
    return found + [(row["growth_low"], row["growth_likely"], row["growth_high"]) for row in rows]


def present_values(values: np.ndarray, lines: list[dict]) -> tuple[np.ndarray, np.ndarray]:
    """The model in bare numpy: values (cells, S) to money (vendor, category, year, S) and present value (vendor, S)."""
    spent = np.zeros((VENDORS, len(CATEGORIES), YEARS + 1, values.shape[1]))
    for k, line in enumerate(lines):
        d = int(line["per"][1:]) if line["per"] else None
        grown = [values[36 + d] * (1 + values[66 + d]) ** y if d is not None else 1.0 for y in range(YEARS)]
        units = [values[k] * each for each in grown]
        into = spent[int(line["vendor"][1:]), CATEGORIES.index(line["category"])]
        if line["timing"] == "initial":
            into[0] += units[0]
        else:
            for y in range(YEARS):
                into[y + 1] += units[y] * (12 if line["timing"] == "monthly" else 1)
    factors = 1.1 ** -np.arange(YEARS + 1.0)
    return spent, np.einsum("vcys,y->vs", spent, factors)


def beta(rng, low, likely, high, size):
    a, b = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
    return low + (high - low) * rng.beta(a, b, size)


def bare(frames):
    """What one would write without dxkit: draws, money, present values, their quantiles and who is cheapest."""
    rng = np.random.default_rng(0)
    values = np.array([beta(rng, *cell, DRAWS) for cell in cells(frames)])
    spent, pv = present_values(values, frames["costs"].to_dict("records"))
    quantiles = np.quantile(spent, [0.1, 0.5, 0.9], axis=-1)
    cheapest = np.bincount(pv.argmin(axis=0), minlength=VENDORS) / DRAWS
    return pv.mean(axis=1), np.quantile(pv, [0.1, 0.5, 0.9], axis=1), quantiles, spent.mean(axis=-1), cheapest


def with_salib(frames):
    """The same draws through SALib, with first-order shares of variance for every vendor."""
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol
    from scipy.special import betaincinv

    found = cells(frames)
    problem = {"num_vars": len(found), "names": [f"x{k}" for k in range(len(found))], "bounds": [[0, 1]] * len(found)}
    size = 2 ** int(np.floor(np.log2(DRAWS / (len(found) + 2))))
    uniform = np.clip(sobol.sample(problem, size, calc_second_order=False, seed=1), 1e-9, 1 - 1e-9)
    values = np.empty(uniform.T.shape)
    for k, (low, likely, high) in enumerate(found):
        a, b = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
        values[k] = low + (high - low) * betaincinv(a, b, uniform[:, k])
    _, pv = present_values(values, frames["costs"].to_dict("records"))
    shares = [analyse.analyze(problem, each, calc_second_order=False, seed=1)["S1"] for each in pv]
    return pv.mean(axis=1), len(uniform), shares


def with_monaco(frames, draws: int):
    """The same model in monaco, one call a case; returns the mean and the number of cases."""
    import monaco
    from scipy.stats import beta as beta_law

    found, lines = cells(frames), frames["costs"].to_dict("records")
    names = [f"x{k}" for k in range(len(found))]
    fcns = {
        "preprocess": lambda case: tuple(case.invals[name].val for name in names),
        "run": lambda *x: (present_values(np.array(x)[:, None], lines)[1][:, 0],),
        "postprocess": lambda case, pv: [case.addOutVal(f"pv{v}", float(pv[v])) for v in range(VENDORS)],
    }
    sim = monaco.Sim(
        name="tco",
        ndraws=draws,
        fcns=fcns,
        singlethreaded=True,
        verbose=False,
        debug=False,
        seed=1,
        keepsiminput=False,
        keepsimrawoutput=False,
        savecasedata=False,
        savesimdata=False,
    )
    for name, (low, likely, high) in zip(names, found, strict=True):
        a, b = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
        sim.addInVar(name=name, dist=beta_law, distkwargs={"a": a, "b": b, "loc": low, "scale": high - low})
    sim.runSim()
    return np.array([np.mean(sim.outvars[f"pv{v}"].nums) for v in range(VENDORS)])


def with_squigglepy(frames):
    """The same draws through squigglepy's distributions and the bare model."""
    import squigglepy as sq

    values = []
    for low, likely, high in cells(frames):
        a, b = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
        values.append(low + (high - low) * sq.sample(sq.beta(a, b), n=DRAWS))
    _, pv = present_values(np.array(values), frames["costs"].to_dict("records"))
    return pv.mean(axis=1)


def million():
    """P90 of a million draws, its time, and how much more memory it took than the default, in a process of its own."""
    dossier = dx.read_dossier(tables())
    dx.tco(dossier)
    before, p90 = peak(), []
    spent = seconds(lambda: p90.append(dx.tco(dossier, draws=2**20).totals.query("basis == 'pv'")["p90"].to_numpy()))
    return p90[0], spent, peak() - before


def ratios():
    frames = tables()
    dossier = dx.read_dossier(frames)
    what = "cost of ownership; 131,072 draws, 3 vendors x 12 lines, 96 uncertain cells"
    pv = dx.tco(dossier, draws=DRAWS).totals.query("basis == 'pv'")

    def same(mean) -> str:
        return f"means {np.abs(pv['mean'].to_numpy() / mean - 1).max():.2%}"

    def worked_out():  # a dossier keeps what was worked out, and a copy of it keeps nothing
        dx.tco(replace(dossier), draws=DRAWS)

    ours, theirs = paired(worked_out, lambda: bare(frames))
    yield Ratio(what, "bare numpy", ours, theirs, 1.5, same(bare(frames)[0]))
    for package, run, promised, part in (
        ("SALib", lambda: with_salib(frames)[0], 0.2, 1.0),
        ("monaco", lambda: with_monaco(frames, 2_000), 0.02, DRAWS / 2_000),
        ("squigglepy", lambda: with_squigglepy(frames), None, 1.0),
    ):
        if there(package):
            found = []
            spent = seconds(lambda run=run, found=found: found.append(run())) * part
            named = {"SALib": "SALib, Sobol", "monaco": "monaco (2,000 cases, scaled)"}.get(package, package)
            yield Ratio(what, named, ours, spent, promised, same(found[0]))
    default = dx.tco(dossier).totals.query("basis == 'pv'")["p90"].to_numpy()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        many, spent, more = apart.submit(million).result()
    print(f"  P90 at 16,384 draws against 1,048,576: {np.abs(default / many - 1).max():.3%} off (promised: 0.1%)")
    print(f"  1,048,576 draws: {spent:.1f} s, {more:.0f} MB more than 16,384 draws (promised: at most 300)")
