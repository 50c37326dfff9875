"""`dbt-llm filter`: train the filter in front of a task."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "filter"
SUMMARY = "train the filter in front of a task on the answers that there are, or say that nothing is proven"
DESCRIPTION = """\
Train the filter of a task with meta.llm.filter: a logistic regression over the embeddings of its rows, on the labels of its
answers, as golden rows and verdicts correct them. Half of the answered requests are kept apart, and on them the threshold is
chosen that has the stated recall with the stated confidence. The filter is appended to dbt_llm__filters, where the task's next
run finds it. Where nothing is proven that is appended too, everything is asked, and the exit status is 1. No language model is
called (docs/filter.md).

  dbt-llm filter pii_risk --database my.duckdb --target target
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the task, and where its rows are."""
    parser.add_argument("task", metavar="TASK", help="the name of the task's dbt model")
    parser.add_argument("--database", metavar="FILE", type=Path, required=True, help="a DuckDB file, which nobody else has open")
    parser.add_argument(
        "--target", metavar="FOLDER", type=Path, default=Path("target"), help="dbt's target folder, for the task's YAML; target"
    )
    parser.add_argument("--schema", metavar="NAME", help="the schema of the package's tables; needed where several have them")
    parser.add_argument(
        "--input", metavar="NAME", help="the model or source with the embeddings; needed where the task reads several"
    )
    parser.add_argument(
        "--golden",
        metavar="TABLE",
        help="golden rows with the embedding's column and expected_<label>, on which the recall must be proven too",
    )


def run(options: argparse.Namespace) -> int:
    """Train it; 1 where nothing is proven."""
    from importlib.util import find_spec

    from ..client import ConfigurationError, MissingDependencyError
    from ..report import open_database

    if find_spec("sklearn") is None:
        raise MissingDependencyError("dbt_llm.filters: scikit-learn is not installed. Run: pip install 'dbt-llm[filter]'")
    import duckdb

    from ..filters.database import filter_of, train_in
    from ..filters.task import filtered_task

    task = filtered_task(options.target, options.task, options.input)
    with open_database(options.database, options.schema, holding="dbt_llm__filters") as source:
        [[schema]] = [row.values() for row in source.rows("select current_schema()")]
    try:
        with duckdb.connect(str(options.database)) as connection:
            connection.execute(f'use "{schema}"')
            trained = train_in(connection, task, options.golden)
    except duckdb.Error as error:
        raise ConfigurationError([f"'{options.database}': Expected the rows and the tables of the task; got: {error}"]) from None
    found, rows = trained.filter, trained.rows
    print(f"{rows.task}: filter {found.version}, prompt version {rows.prompt_version}, {rows.model_name}")
    print(f"  learned from {found.learned_rows:,} requests, held out {found.held_out_rows:,}")
    print(f"  labels that golden rows and verdicts corrected: {rows.corrected_rows:,}")
    if found.threshold is None:
        print(f"  not proven, and everything is asked: {found.refusal}")
        return 1
    print(f"  recall of the rows with {rows.label_column} = {' or '.join(rows.wanted)}: at least {found.proven_recall:.4f},")
    print(f"    at a confidence of {found.demand.confidence}, on {found.positives:,} wanted requests")
    audit = filter_of(task)["audit"]
    print(f"  {found.passed_share:.1%} of the requests are let through, and of the others {audit:.1%} are asked all the same")
    print("  the next run of the task uses it")
    return 0
