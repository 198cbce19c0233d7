"""From a developer survey to a decision that can be defended.

The public names are listed in `__init__.pyi`; each loads its part of the package on first use.
"""

import sys

import lazy_loader

_homes: dict[
    str, list[str]
] = {}  # read here: `lazy_loader.attach_stub` parses the stub, which takes longer than the rest
with open(f"{__file__.rpartition('.')[0]}.pyi", encoding="utf-8") as _stub:
    for _line in _stub:
        if _line.startswith("from ."):
            _homes.setdefault(_line.split()[1].lstrip("."), []).append(_line.split()[3])
_load, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs=_homes)
__version__ = "0.2.0"


def __getattr__(name: str):
    if name not in __all__:  # with `name` and `obj`, Python itself suggests a public name that is spelled alike
        raise AttributeError(f"module 'dxkit' has no attribute '{name}'", name=name, obj=sys.modules[__name__])
    return _load(name)
