"""Run a dbt command in this process: what dbt and an adapter have imported and compiled is there for the next one."""

import contextlib
import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import dbt.flags
from dbt.cli.main import dbtRunner
from dbt_common.behavior_flags import BehaviorFlagRendered
from dbt_common.tests import enable_test_caching

from tests.support.project import Result

# As dbt's own tests do: a macro's text is parsed once, whatever projects it is in.
enable_test_caching()
# To name the adapter in a message, dbt asks of each flag and each frame of the stack which of all modules it is in: under
# pytest most of a command's time.
BehaviorFlagRendered._default_source = staticmethod(lambda: "adapter")  # type: ignore[method-assign]


def run(arguments: list[str], folder: Path, environment: Mapping[str, str]) -> Result:
    """Run it in the folder. dbt itself leaves no adapter and no connection to the next command."""
    said = io.StringIO()
    with _placed(folder, environment), contextlib.redirect_stdout(said):
        result = dbtRunner().invoke(arguments)
    return Result(0 if result.success else 1, said.getvalue() + (f"\n{result.exception}" if result.exception else ""))


@contextlib.contextmanager
def _placed(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    before, here, flags = dict(os.environ), os.getcwd(), dbt.flags.GLOBAL_FLAGS
    os.chdir(folder)
    try:
        _set(environment)
        yield
    finally:
        _set(before)
        os.chdir(here)
        # The companion asks them which command runs.
        dbt.flags.GLOBAL_FLAGS = flags


def _set(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
