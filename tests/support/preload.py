"""What every dbt command imports."""

import aiohttp  # noqa: F401
import dbt.adapters.duckdb  # noqa: F401
import dbt.cli.main  # noqa: F401
import dbt.task.build  # noqa: F401
import duckdb  # noqa: F401
import pyarrow  # noqa: F401
