"""From a developer survey to a decision that can be defended.

The public names are listed in `__init__.pyi`; each loads its part of the package on first use.
"""

import sys

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__version__ = "0.1.0"


def __getattr__(name: str):
    if name not in __all__:  # with `name` and `obj`, Python itself suggests a public name that is spelled alike
        raise AttributeError(f"module 'dxkit' has no attribute '{name}'", name=name, obj=sys.modules[__name__])
    return _load(name)
