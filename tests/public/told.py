"""What docs/public_surveys.md tells with figures, as dxkit says it: its tables, its sentences, its pictures.

`python -m tests.public.told` draws the pictures anew and prints the rest.
"""

from tests.places import ROOT
from tests.public import surveys

PICTURES = ROOT / "docs" / "pictures"


def table(head, rows):
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in (head, ["---"] * len(head), *rows))


def between(low, high, digits=0, unit=""):
    return f"{low:.{digits}f} to {high:.{digits}f}{unit}".replace("-0.00", "0.00")


def percent(share):
    return f"{100 * share:.0f}%"


def features():
    """The changes in what features are worth, without the question on use."""
    of_code = surveys.change().table.query("unit == 'code' and name != 'consult'")
    return surveys.change().only(names=of_code["name"].tolist())


def changes(result):
    rows = []
    for row in result.table.itertuples():
        digits = 0 if row.unit == "index" else 2
        ends = f"{row.estimate:+.{digits}f} ({between(row.low, row.high, digits)})"
        p = "under 0.001" if row.p_adjusted < 0.001 else f"{row.p_adjusted:.2f}"
        holds = "yes" if row.holds else "no"
        rows.append((row.label, f"{row.before:.{digits}f}", f"{row.after:.{digits}f}", ends, p, holds))
    return table(("question", *surveys.change().title.split()[2::2], "change (95%)", "adjusted p", "holds"), rows)


def pains():
    rows = [
        (
            row.rank,
            row.topic,
            f"{row.estimate:.0f} ({between(row.low, row.high)})",
            f"{row.rank_low} to {row.rank_high}",
        )
        for row in surveys.pains().table.astype({"rank": int, "rank_low": int, "rank_high": int}).itertuples()
    ]
    return table(("rank", "what blocks", "severity, 0 to 100 (95%)", "ranks (95%)"), rows)


def shares(*results):
    """The shares of one question in each of these years."""
    years = [result.title.split()[-1] for result in results]
    rows = []
    for each in zip(*(result.table.itertuples() for result in results), strict=True):
        cells = [f"{percent(row.share)} ({between(100 * row.low, 100 * row.high, unit='%')})" for row in each]
        rows.append((each[0].label, *cells))
    return table(("answer", *(f"{year} (95%)" for year in years)), rows)


def tables():
    """The tables of the page."""
    usage = surveys.dask(2019), surveys.dask(2020)
    return [
        changes(surveys.change()),
        pains(),
        shares(*(surveys.usage(int(survey.wave)) for survey in usage)),
        shares(*(surveys.help_wanted(int(survey.wave)) for survey in usage)),
    ]


def sentences():
    """The sentences of the page that say a figure."""
    pains, deploy = surveys.pains(), surveys.dask_change().table.set_index("name").loc["request6"]
    use = surveys.dask_change().table.set_index("name").loc["use"]
    people = {name: len(survey) for name, survey in (("k", surveys.kubernetes()), ("d", surveys.dask(2019)))}
    held = surveys.change().table.query("holds")["label"]
    return [
        f"Of ten questions, {len(held)} changed",
        f"The verdict is **{pains.verdict}**: these are the worst two with a probability of {percent(pains.p_pair)}",
        f"The claim that both are ahead of every other one has a p of {pains.p_clear:.2f}",
        f"{len(pains.possible)} of the nine may be among the worst two",
        f"Between {round(pains.more_low, -1):.0f} and more than 10,000 further answers would make it clear",
        f"Choosing these two costs {pains.regret:.1f} points on average if others are worse",
        f"{people['k']} of 160 people answered these nine questions",
        f"The mean answer is {use['after']:.2f} on the steps 1 to 4, after {use['before']:.2f}",
        f"its change is {deploy['estimate']:+.2f} ({between(deploy['low'], deploy['high'], 2)})",
        f"The first is one of them with {percent(pains.table['p_top'].iloc[0])}",
    ]


def pictures():
    """The pictures of the page: the name of the file, and the result that draws it."""
    return {"spack_features": features(), "kubernetes_blockers": surveys.pains(), "dask_use": surveys.usage(2020)}


if __name__ == "__main__":
    import matplotlib as mpl

    mpl.use("Agg")
    PICTURES.mkdir(exist_ok=True)
    for name, result in pictures().items():
        result.plot().figure.savefig(PICTURES / f"{name}.png", dpi=100, metadata={"Software": None})
        print(f"![{result.alt()}](pictures/{name}.png)\n")
    print("\n\n".join([*tables(), *sentences()]))
