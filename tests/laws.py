"""How many examples a law is tried with: few in the plain run, all in the stage `thorough`."""

from hypothesis import settings

FEWEST = 5
ALL = 100  # examples of a law without settings of its own, in the stage


def examples(number: int) -> settings:
    """So many examples in the stage `thorough`, and in proportion under another profile."""
    share = settings.default.max_examples / ALL
    return settings(max_examples=max(min(FEWEST, number), round(number * share)))
