"""What every dbt command imports."""

import aiohttp  # noqa: F401
import dbt.adapters.duckdb
import dbt.cli.main
import dbt.task.build  # noqa: F401
import duckdb  # noqa: F401
import pyarrow  # noqa: F401
