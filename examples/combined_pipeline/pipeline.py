"""Run this example end to end, and sum up what each stage did: `make pipeline`.

It asks no language model, whatever the environment says: a stand-in on this machine answers by rules, and its vectors are hashed
runs of letters.
"""

import argparse
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))

import generate  # noqa: E402
import summary  # noqa: E402
from running import dbt_llm, stand_in  # noqa: E402

DATABASE = FOLDER / "combined_pipeline.duckdb"


def main() -> None:
    """Make the data, ask a first few, train the filter, submit, collect, and run once more to show that it costs nothing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=20_000, help="messages to make; 20000")
    parser.add_argument("--first", type=int, default=3_000, help="answers that the filter is trained on; 3000")
    options = parser.parse_args()
    DATABASE.unlink(missing_ok=True)
    generate.write(FOLDER / "target", options.rows)
    with stand_in("--preset", "rules", "--batch-polls", "0", "--idle-seconds", "600") as base_url:
        print(
            "Endpoint: an offline stand-in. It answers by RULES, it is NOT a language model, small and large the same;\n"
            "          its embeddings are hashed runs of letters, which know spelling and no meaning.\n",
            flush=True,
        )
        variables = {"DBT_LLM_BASE_URL": base_url, "OPENAI_API_KEY": "none"}
        dbt_llm(FOLDER, "dbt", "--quiet", "deps")
        print(f"First: the short messages, the vectors, and {options.first:,} long messages live, drawn as good as at random.")
        first = {"PIPELINE_ENGINE": "async", "PIPELINE_REQUESTS": str(options.first)}
        dbt_llm(FOLDER, "dbt", "--quiet", "run", **variables, **first)
        print("A filter is trained on their answers.")
        dbt_llm(FOLDER, "filter", "card_in_long", "--database", DATABASE.name, "--target", "target")
        print("What it lets through is submitted to the Batch API; a later run collects.")
        for _ in ("submit", "collect"):
            dbt_llm(FOLDER, "dbt", "--quiet", "run", **variables)
        print("Once more, with the tests: nothing has changed, so nothing is paid.")
        dbt_llm(FOLDER, "dbt", "--quiet", "build", **variables)
    summary.show(DATABASE)


if __name__ == "__main__":
    main()
