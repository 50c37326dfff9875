"""Run this example end to end, and sum up what happened: `make demo`, or on dbt 2 `make demo DBT=2`.

With OPENAI_API_KEY or DBT_LLM_BASE_URL set it uses that endpoint (and DBT_LLM_MODEL, if set). Without, it starts the
stand-in that comes with the companion: rules, not a language model.
"""

import os
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from dbt_llm.report import build, open_database

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))

from running import dbt_llm, stand_in  # noqa: E402

IS_DBT2 = os.environ.get("DBT") == "2"
# A unit test's override of a package's macro hides all other macros of that package on dbt 2.0.0a4.
TESTED = ["--exclude-resource-type", "unit_test"] if IS_DBT2 else []
DATABASE = FOLDER / f"support_messages{'_dbt2' if IS_DBT2 else ''}.duckdb"


@contextmanager
def endpoint() -> Iterator[dict[str, str]]:
    """The environment variables that name the endpoint, for as long as it is there."""
    if os.environ.get("OPENAI_API_KEY") or os.environ.get("DBT_LLM_BASE_URL"):
        print("Endpoint: yours, from the environment. This spends at most 2 USD at the example's prices.\n", flush=True)
        # A local server wants no key, but the endpoint of this example names the variable.
        yield {"OPENAI_API_KEY": os.environ.get("OPENAI_API_KEY", "none")}
        return
    with stand_in("--preset", "demo", "--seed", "8") as base_url:
        print(
            "Endpoint: an offline stand-in, because neither OPENAI_API_KEY nor DBT_LLM_BASE_URL is set.\n"
            "          It answers by RULES, it is NOT a language model, and it fails now and then on purpose.\n",
            flush=True,
        )
        yield {"DBT_LLM_BASE_URL": base_url, "DBT_LLM_MODEL": "rules-not-a-language-model", "OPENAI_API_KEY": "none"}


def dbt(*arguments: str, **environment: str) -> None:
    """Run dbt in this folder. On dbt 2 the companion answers the tasks; on dbt 1 the plugin in the profile does."""
    dbt_llm(FOLDER, "dbt", *arguments, **environment)


def summarise() -> None:
    """Print what the last two runs paid, what stands in quarantine, and where to look."""
    with duckdb.connect(str(DATABASE), read_only=True) as connection:
        print("== What was paid ==")
        invocations = connection.execute(
            "select invocation_id from dbt_llm__runs group by 1 order by max(started_at) desc limit 2"
        ).fetchall()
        print(f"{'':12}{'task':<21}{'rows':>7}{'distinct':>10}{'cached':>8}{'paid':>7}{'calls':>7}{'tokens':>10}{'USD':>9}")
        for label, (invocation,) in zip(("first run", "second run"), reversed(invocations), strict=False):
            for row in connection.execute(
                "select task, input_rows, distinct_requests, distinct_requests - pending_requests, sent_requests, calls, "
                "input_tokens + output_tokens, coalesce(cost_usd, 0) from dbt_llm__runs where invocation_id = ? order by task",
                [invocation],
            ).fetchall():
                print(
                    f"{label:12}{row[0]:<21}{row[1]:>7,}{row[2]:>10,}{row[3]:>8,}{row[4]:>7,}{row[5]:>7,}{row[6]:>10,}{row[7]:>9.4f}"
                )
                label = ""
        print("\n== The bill of the day ==")
        print(
            f"{'task':<15}{'requests':>9}{'cache hits':>12}{'shared':>8}{'failed':>8}"
            f"{'paid USD':>10}{'would have paid':>17}{'p95 ms':>8}"
        )
        for row in connection.execute(
            "select task, requests, cache_hits, deduplicated_rows, failed_requests, coalesce(cost_usd, 0), "
            "coalesce(would_have_paid_usd, 0), latency_p95_ms from dbt_llm__usage_daily where requests > 0 order by 1, usage_date"
        ).fetchall():
            print(f"{row[0]:<15}{row[1]:>9,}{row[2]:>12,}{row[3]:>8,}{row[4]:>8,}{row[5]:>10.4f}{row[6]:>17.4f}{row[7]:>8,.0f}")
        print("\n== What the tables hold ==")
        for task in ("message_topic", "pii_risk"):
            counts = connection.execute(f"select llm_status, count(*) from {task} group by 1 order by 2 desc").fetchall()
            print(f"{task:<15}" + ", ".join(f"{count:,} {status}" for status, count in counts))
        print("\n== Quarantine, with examples ==")
        for task, reason, rows, completion in connection.execute(
            "select task, reason, sum(input_rows), coalesce(any_value(completion), any_value(error_message), '') "
            "from dbt_llm__quarantine where task in ('message_topic', 'pii_risk') group by all order by task, 3 desc, reason"
        ).fetchall():
            example = textwrap.shorten(completion, 60, placeholder=" …")
            print(f"{task:<15}{reason:<25}{rows:>4} rows   {example}")
        print("\n== Against the golden set of 200, with 95 % intervals ==")
        for column, correct, n, low, high in connection.execute(
            "select column_name, correct, n, accuracy_low, accuracy_high from dbt_llm__evaluations where candidate = 'current' "
            "and n > 0 qualify row_number() over (partition by column_name order by evaluated_at desc) = 1 order by 1"
        ).fetchall():
            print(f"{column:<15}{correct} of {n} right, {low:.1%} to {high:.1%}")
        [(drawn,)] = connection.execute("select count(*) from dbt_llm__review_sample").fetchall()
        print(f"\n{drawn} answers wait for a person's look in dbt_llm__review_sample.")
    print(
        "\n== Where to look ==\n"
        f"tables     {os.path.relpath(DATABASE)}\n"
        "           pii_risk, message_topic; dbt_llm__responses, dbt_llm__runs, dbt_llm__usage_daily, dbt_llm__quarantine;\n"
        "           pii_risk_golden, message_topic_golden; dbt_llm__evaluations, dbt_llm__review_sample\n"
        f"the task   {os.path.relpath(FOLDER / 'models' / 'models.yml')}\n"
        "docs       docs/enrich.md, docs/quarantine.md, docs/limits.md, docs/plan.md, docs/bill.md, docs/evaluation.md\n"
        f"review     make review{' DBT=2' if IS_DBT2 else ''}: look at the {drawn} answers of the sample, one at a time\n"
        f"report     {os.path.relpath(report())}: all of this as plots; open it in a browser"
    )


def report() -> Path:
    """Write the report, which needs no server to be read."""
    file = FOLDER / "report.html"
    with open_database(DATABASE) as source:
        file.write_text(build(source, FOLDER / "target"), encoding="utf-8")
    return file


def main() -> None:
    """Build, run again to show that it costs nothing, and sum up."""
    with endpoint() as variables:
        dbt("--quiet", "deps")
        print("First what it would cost, which costs nothing.")
        dbt("--quiet", "seed")
        dbt("--quiet", "run", "--select", "package:dbt_llm", "stg_support_messages")
        dbt("run-operation", "dbt_llm.plan", "--args", "{task: pii_risk}", **variables)
        dbt("build", *TESTED, **variables)
        print("Once more: nothing has changed, so nothing is paid.")
        dbt("--quiet", "run", **variables)
    summarise()


if __name__ == "__main__":
    main()
