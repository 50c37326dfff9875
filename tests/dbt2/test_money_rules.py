"""The money rules on dbt 2 with the companion beside it: the tests of dbt 1, as they are, on the other engine."""

import pytest

from tests.money_rules.test_budgets import priced as priced
from tests.money_rules.test_commands import (
    test_hooks_of_the_user_come_first as test_hooks_of_the_user_come_first,
)
from tests.money_rules.test_commands import test_threads_pay_once as test_threads_pay_once
from tests.support.dbt2 import needed

pytestmark = [needed, pytest.mark.usefixtures("on_dbt2")]
