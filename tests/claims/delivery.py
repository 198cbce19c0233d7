"""Worlds of delivery in which the truth is known: how often a promise is kept in each."""

import numpy as np
import pandas as pd

import dxkit as dx
from dxkit.outcomes.durations import from_times
from dxkit.statistics.levels import fit
from dxkit.statistics.rates import dispersion, in_parts, rate_interval
from dxkit.statistics.release_clusters import clustered_log_rank
from tests.outcomes.worlds import dependent, releases, waves

HOURS = 24.0  # the true median of every world of releases


def sizes(made, count, unequal, mean=12):
    """Changes of each release: about 12 each, or most of them in a few."""
    return np.minimum(made.geometric(1 / 4, count) ** 2, 400) if unequal else made.poisson(mean - 1, count) + 1


def median_covered(count, icc, unequal, runs, censored=0.2):
    """How often the interval of the median holds it."""
    made, held = np.random.default_rng([count, round(10 * icc), unequal]), []
    for _ in range(runs):
        hours, cluster = releases(made, count, icc=icc, sizes=sizes(made, count, unequal), hours=HOURS)
        limit = np.quantile(hours, 1 - censored / 2) * made.uniform(0.8, 1.2, count)[cluster]
        low, high = from_times(np.minimum(hours, limit), hours <= limit, cluster=cluster).median[1:]
        held.append((low is None or low <= HOURS) and (high is None or HOURS <= high))
    return float(np.mean(held))


def found_different(count, icc, unequal, runs, factor=1.0, mean=12):
    """How often the log-rank test by release finds a difference between two sides; `factor` is that of the second."""
    made, found = np.random.default_rng([7, count, round(10 * icc), unequal]), []
    for _ in range(runs):
        many = [sizes(made, count, unequal, mean) for _ in range(2)]
        sides = [releases(made, count, icc=icc, sizes=each, hours=HOURS) for each in many]
        hours = np.concatenate([sides[0][0], factor * sides[1][0]])
        cluster = np.concatenate([sides[0][1], count + sides[1][1]])
        limit = made.uniform(2, 8) * HOURS
        after = np.arange(len(hours)) >= len(sides[0][0])
        found.append(clustered_log_rank(np.minimum(hours, limit), hours <= limit, after, cluster).p < 0.05)
    return float(np.mean(found))


def frequency_covered(weekly, weeks, spread, runs, rho=0.0):
    """How often the interval of the rate holds it, where weeks vary `spread` times as much as chance makes them."""
    made, held = np.random.default_rng([round(10 * weekly), weeks, round(10 * spread), round(10 * rho)]), []
    for _ in range(runs):
        level = np.full(weeks, weekly)
        if spread > 1 and rho:
            sd = np.sqrt(np.log(1 + (spread - 1) / weekly))
            level = weekly * np.exp(waves(made, rho, weeks, sd) - sd**2 / 2)
        elif spread > 1:
            level = made.gamma(weekly / (spread - 1), spread - 1, weeks)
        days = np.repeat(np.arange(weeks), made.poisson(level)) * 7.0
        days += made.uniform(0, 7, len(days))
        counts = in_parts(days, 7.0 * weeks)
        low, high = rate_interval(len(days), dispersion(counts), len(counts)) / weeks
        held.append(low <= weekly <= high)
    return float(np.mean(held))


def trend_shown(shape, rho, runs, mean=40.0, sd=0.25):
    """How often a slope is shown in counts around a shape."""
    made, n = np.random.default_rng([len(shape), round(10 * rho), round(10 * mean)]), len(shape)
    series = (dependent(made, mean, rho, n, sd=sd, shape=shape) for _ in range(runs))
    return float(np.mean([dx.trend(counts).verdict != "not shown" for counts in series]))


def detectable_shown(n, rho, runs):
    """How often a slope is shown that is as large as quiet series of its kind call detectable, at their middle."""
    made = np.random.default_rng([n, round(10 * rho), 5])
    quiet = [dx.trend(dependent(made, 40.0, rho, n, sd=0.25, shape=months(n))) for _ in range(runs)]
    ratio = np.median([each.detectable_ratio.estimate for each in quiet])
    return trend_shown(months(n, growth=ratio ** (1 / (n - 1)) - 1), rho, runs)


def step_holds(shape, rho, runs, mean=40.0, sd=0.25):
    """How often a step in the middle is said to hold."""
    n = len(shape)
    made, after = np.random.default_rng([n, round(10 * rho), 3]), (np.arange(n) >= n // 2).astype(float)
    one, time, held = np.ones(n), np.arange(n, dtype=float), []
    for _ in range(runs):
        y = np.sqrt(dependent(made, mean, rho, n, sd=sd, shape=shape) + 3 / 8)
        alone, drift = (fit(y, np.column_stack(columns)) for columns in ([one, after], [one, after, time]))
        same = alone.estimate[1] * drift.estimate[1] > 0
        held.append(alone.p[1] < 0.05 and drift.p[1] < 0.05 and same)
    return float(np.mean(held))


def months(n, quiet=None, wave=0.0, growth=0.0, step=1.0):
    """The shape of n months: quiet ones (month: factor), a yearly wave, growth a month, a step in the middle."""
    at = np.arange(n)
    shape = (1 + wave * np.sin(2 * np.pi * at / 12)) * (1 + growth) ** at * np.where(at >= n // 2, step, 1.0)
    for month, factor in (quiet or {}).items():
        shape = np.where(at % 12 == month, factor * shape, shape)
    return shape


def year_of_changes(count, made_of, seed=0):
    """Tables of so many changes of so many releases, as text."""
    made = np.random.default_rng(seed)
    begin = pd.Timestamp("2026-01-01", tz="UTC")
    lands = begin + pd.to_timedelta(np.sort(made.uniform(0, 365 * 24, made_of)), unit="h")
    release = np.sort(made.integers(0, made_of, count))
    written = lands[release] - pd.to_timedelta(made.exponential(60, count) + 0.01, unit="h")
    deploys = pd.DataFrame(
        {"deployment": [f"d{k}" for k in range(made_of)], "time": lands.strftime("%Y-%m-%dT%H:%M:%SZ")}
    )
    changes = pd.DataFrame(
        {"change": [f"c{k}" for k in range(count)], "committed": written.strftime("%Y-%m-%dT%H:%M:%SZ")}
    )
    changes["deployment"] = deploys["deployment"].to_numpy()[release]
    changes.loc[made.random(count) < 0.02, "deployment"] = ""  # still open
    return deploys, changes
