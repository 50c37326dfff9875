"""What every run of a batch task imports."""

import duckdb  # noqa: F401
import pandas  # noqa: F401
import pyarrow  # noqa: F401

import tests.support.batch_task  # noqa: F401
