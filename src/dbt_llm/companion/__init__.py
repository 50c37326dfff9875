"""The companion beside a dbt that has no Python in it: it runs dbt, and answers the requests of its tasks meanwhile.

    run_dbt(arguments)   runs the user's dbt, and returns its exit status

How a hook and the companion talk is in `conversation.py`; decision 30 says why it is so.
"""

from .process import run_dbt

__all__ = ["run_dbt"]
