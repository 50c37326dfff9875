"""`package.module:Class` as the class."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import os
import sys
import traceback
from typing import Any

from ..client import ConfigurationError


def import_class(name: str) -> Any:
    """Import the module and return what it calls by that name; `module:Outer.Inner` is an inner one.

    The current folder is looked in first, as `python -m` does. Raises `ConfigurationError` in one sentence, also for
    whatever the module itself raises.
    """
    module_name, colon, path = name.partition(":")
    if not (module_name and colon and path):
        raise ConfigurationError([f"'{name}' names no class. Expected package.module:Class; got '{name}'."])
    found: Any = _import_module(module_name)
    for part in path.split("."):
        if not hasattr(found, part):
            classes = [key for key, value in vars(found).items() if isinstance(value, type)]
            near = difflib.get_close_matches(part, classes, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise ConfigurationError([f"'{module_name}' has no such class. Expected a name in it; got '{path}'.{hint}"])
        found = getattr(found, part)
    return found


def _import_module(name: str) -> Any:
    folder = os.getcwd()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    # What the module prints must not get between the lines of our output.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            return importlib.import_module(name)
        except (Exception, SystemExit) as error:
            if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
                fault = f"the module '{error.name}' is not there. Expected one that can be imported; got '{name}'."
                raise ConfigurationError([f"{fault} Run the command in the folder that holds it, or install it."]) from None
            last = traceback.extract_tb(error.__traceback__)[-1]
            raise ConfigurationError(
                [
                    f"the module '{name}' cannot be imported. Expected no error; got '{type(error).__name__}: {error}'"
                    f" ({last.filename}, line {last.lineno})."
                ]
            ) from None
