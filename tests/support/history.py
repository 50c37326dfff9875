"""A month of two tasks, written into the package's own tables: what a report has to show, with figures that are known."""

from pathlib import Path

import duckdb

DAYS = 30
HOSTILE = "</script><script>document.title='broken'</script><b>bold</b> & \"quoted\""
"""A text from the data that would be markup, were it not escaped."""

SENT = DAYS * 100 + DAYS * 40
"""Requests of pii_risk and of message_topic: so many a day in the mean, over 5 and over 3 days."""
PAID = DAYS * 100 * 0.0002 + DAYS * 40 * 0.0005
CACHED = DAYS * 20
SHARED = DAYS * 30
"""Rows of pii_risk that had the prompt of another row; each is spared one call at the mean cost of an answer."""
WOULD_HAVE_PAID = PAID + (CACHED + SHARED) * 0.0002
QUARANTINED_ROWS = 41 + 7 + 3
LEFT = 12

_WRITE = f"""
insert into dbt_llm__responses
    (request_key, task, model_name, prompt_version, status, completion, error_class, input_tokens, output_tokens, cost_usd,
     latency_ms, attempt, engine, invocation_id, requested_at, responded_at)
select
    sha256(task || day || n), task, 'small-model', case when day < 15 then 'a1b2c3d4e5f6' else 'f6e5d4c3b2a1' end,
    'succeeded', '{{}}', null, 100, 20, usd,
    (300 + 150 * (hash(day, n, task) % 100) / 10 + case when n % 37 = 0 then 4000 else 0 end)::bigint,
    1, 'duckdb', task || ' run ' || day, moment, moment
from (select 'pii_risk' as task, 0.0002 as usd union all select 'message_topic', 0.0005) as tasks
cross join (select unnest(range({DAYS})) as day)
cross join (select unnest(range(120)) as n)
cross join lateral (select timestamp '2026-03-01 06:00:00' + to_days(day::int) + to_seconds(n) as moment)
where n < case task when 'pii_risk' then 80 + 10 * (day % 5) else 32 + 8 * (day % 3) end;

insert into dbt_llm__runs
    (task, invocation_id, model_name, prompt_version, engine, prompt_rows, distinct_requests, pending_requests, sent_requests,
     calls, left_requests, stop_reason, started_at)
select
    'pii_risk', 'pii_risk run ' || day, 'small-model', case when day < 15 then 'a1b2c3d4e5f6' else 'f6e5d4c3b2a1' end, 'duckdb',
    120 + 15 * (day % 5), 90 + 15 * (day % 5), 80 + 10 * (day % 5), 80 + 10 * (day % 5), 81 + 10 * (day % 5),
    case when day = {DAYS - 1} then {LEFT} else 0 end,
    case when day = {DAYS - 1} then 'limit:requests' end,
    timestamp '2026-03-01 05:59:00' + to_days(day::int)
from (select unnest(range({DAYS})) as day);

insert into dbt_llm__quarantine (task, request_key, reason, input_rows, completion)
values
    ('pii_risk', 'q1', 'invalid_json', 40, 'no'), ('pii_risk', 'q2', 'invalid_json', 1, 'no'),
    ('message_topic', 'q3', 'not_in_enum:topic', 7, 'no'), ('message_topic', 'q4', $hostile${HOSTILE}$hostile$, 3, 'no');

insert into dbt_llm__output_distribution
    (task, invocation_id, prompt_version, model_name, column_name, statistic, label, value, input_rows, distinct_requests,
     measured_at)
select
    'pii_risk', 'pii_risk run ' || day, case when day < 15 then 'a1b2c3d4e5f6' else 'f6e5d4c3b2a1' end, 'small-model',
    column_name, statistic, label,
    round(200 * (case when day = {DAYS - 1} and label = 'true' then 0.47 else middle end + 0.02 * sin(day * 7 + middle * 100)))
        / 200,
    200, 200, timestamp '2026-03-01 06:05:00' + to_days(day::int)
from (
    values
        ('has_pii', 'share', 'true', 0.12), ('pii_types', 'share', 'email', 0.07), ('pii_types', 'share', 'phone', 0.05),
        ('pii_types', 'share', $hostile${HOSTILE}$hostile$, 0.3), (null, 'quarantine_rate', null, 0.03)
) as statistics (column_name, statistic, label, middle)
cross join (select unnest(range({DAYS})) as day);

insert into dbt_llm__evaluations
    (task, golden, candidate, prompt_version, model_name, column_name, kind, n, correct, accuracy, accuracy_low, accuracy_high,
     evaluated_at)
values
    ('pii_risk', 'pii_risk_golden', 'current', 'a1b2c3d4e5f6', 'small-model', 'has_pii', 'label', 200, 176, 0.88, 0.8276, 0.918,
     timestamp '2026-03-10'),
    ('pii_risk', 'pii_risk_golden', 'current', 'a1b2c3d4e5f6', 'small-model', 'pii_types', 'array', 200, 170, 0.85, 0.794, 0.8928,
     timestamp '2026-03-10'),
    ('pii_risk', 'pii_risk_golden', 'current', 'f6e5d4c3b2a1', 'small-model', 'has_pii', 'label', 200, 180, 0.9, 0.8506, 0.9343,
     timestamp '2026-03-18'),
    ('pii_risk', 'pii_risk_golden', 'current', 'f6e5d4c3b2a1', 'small-model', 'has_pii', 'label', 200, 188, 0.94, 0.8981, 0.9653,
     timestamp '2026-03-20'),
    ('pii_risk', 'pii_risk_golden', 'current', 'f6e5d4c3b2a1', 'small-model', 'pii_types', 'array', 200, 182, 0.91, 0.8622,
     0.9423, timestamp '2026-03-20'),
    ('pii_risk', 'pii_risk_golden', 'cheap', '0123456789ab', 'smaller-model', 'has_pii', 'label', 200, 169, 0.845, 0.7884,
     0.8886, timestamp '2026-03-20');
"""

ANSWERED = '{"has_pii": true, "pii_types": ["email"], "confidence": 0.9}'

_SAMPLE = f"""
insert into dbt_llm__review_sample
    (task, request_key, row_key, prompt_version, model_name, status, reason, drawn_for, input, output, input_rows, sampled_at)
select
    'pii_risk', 'key ' || n, n, 'f6e5d4c3b2a1', 'small-model', 'succeeded', null, 'all',
    '{{"body": "Please write to ann' || n || '@example.org, my parcel is not there."}}', '{ANSWERED}', 1,
    timestamp '2026-03-20' + to_seconds(n)
from range(5) as numbers (n);

insert into dbt_llm__review_sample
    (task, request_key, row_key, prompt_version, model_name, status, reason, drawn_for, input, output, input_rows, sampled_at)
values
    ('pii_risk', 'key q', '9', 'f6e5d4c3b2a1', 'small-model', 'quarantined', 'invalid_json', 'quarantined',
     '{{"body": "<img src=x onerror=alert(1)> ![picture](http://127.0.0.1:9/x.png) **bold**"}}', '{{"has_pii": tr', 2,
     timestamp '2026-03-21');
"""


def write(database: Path) -> None:
    """Replace what the package's tables in the file hold."""
    with duckdb.connect(str(database)) as connection:
        for (table,) in connection.execute(
            "select table_name from information_schema.tables where table_name like 'dbt_llm__%' and table_type = 'BASE TABLE'"
        ).fetchall():
            connection.execute(f"delete from {table}")
        connection.execute(_WRITE)
        connection.execute(_SAMPLE)
