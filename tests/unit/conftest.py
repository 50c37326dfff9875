from argparse import Namespace

import pytest


@pytest.fixture(autouse=True)
def _outside_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    """No dbt command is running, whatever an earlier test of this process has run in it."""
    monkeypatch.setattr("dbt.flags.GLOBAL_FLAGS", Namespace())
