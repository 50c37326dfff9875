"""Spark's daemon of Python workers, which have what they need before they are forked: an import takes seconds."""

import pandas  # noqa: F401
import pyarrow  # noqa: F401
from pyspark.daemon import manager

from . import completions  # noqa: F401

if __name__ == "__main__":
    manager()
