from pathlib import Path

import pytest

from tests.support.macros import Macros

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def macros(tmp_path_factory: pytest.TempPathFactory) -> Macros:
    """The package's macros, rendered by dbt on DuckDB."""
    return Macros(tmp_path_factory.mktemp("macros"), ROOT)
