"""The money rules on dbt 2 with the companion beside it: tests of dbt 1 as they are, one or two of each rule."""

import pytest

from tests.money_rules import (
    test_any_project,
    test_budgets,
    test_commands,
    test_end_of_run,
    test_failures,
    test_limits,
    test_only_run_spends,
    test_pay_once,
    test_single_flight,
)
from tests.support import dbt2

pytestmark = [dbt2.needed, pytest.mark.usefixtures("on_dbt2")]

# 1, 2, 3, 9, 10: what is pending is asked once, and nothing else.
test_a_second_run = test_pay_once.test_distinct_requests_are_called_once_and_a_second_run_calls_nothing
test_an_edit = test_pay_once.test_an_edit_pays_for_what_it_changes
test_rows = test_pay_once.test_a_changed_row_and_added_rows_pay_for_themselves
test_a_late_row = test_pay_once.test_a_late_row_is_found_whatever_its_time
test_full_refresh = test_pay_once.test_full_refresh_drops_no_answer
test_side_by_side = test_single_flight.test_three_tasks_side_by_side_pay_once
test_a_task_that_stops = test_single_flight.test_a_task_that_stops_leaves_its_requests_to_the_others
test_chained = test_commands.test_tasks_are_chained_without_a_model_between

# 5, 7, 12: failures, the rows' and the endpoint's.
test_a_storm = test_failures.test_a_storm_is_weathered_and_no_row_is_paid_twice
test_bad_completions = test_failures.test_a_bad_completion_is_quarantined_with_its_reason
test_a_wrong_setting = test_failures.test_a_first_try_against_a_wrong_setting_is_asked_again_once_that_is_mended

# 6, 13: limits, budgets, and what is told of them.
test_a_limit = test_limits.test_a_limit_of_requests
priced = test_budgets.priced
test_budgets_hold = test_budgets.test_tasks_side_by_side_and_runs_one_after_the_other
test_one_line = test_end_of_run.test_one_line_says_how_it_stands

# 8: what spends.
test_what_never_asks = test_commands.test_what_never_asks
test_cache_only = test_only_run_spends.test_cache_only_calls_nothing

# 11: in anybody's project.
test_begin_at_once = test_any_project.test_tasks_that_begin_at_once_make_the_tables_together
test_hooks = test_commands.test_hooks_of_the_user_come_first
test_retry = test_commands.test_retry_pays_for_the_rest
