"""Rewrite the generated parts of the docs: the README's support matrix, docs/reference.md and docs/prices.md. `make docs`.

With --check, change nothing and fail where a file would change.
"""

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from dbt_llm.macros import Macros

ROOT = Path(__file__).parents[1]
ADAPTERS = {"duckdb": "DuckDB", "databricks": "Databricks", "snowflake": "Snowflake", "bigquery": "BigQuery"}
IN_PERSON = {"duckdb"}
"""Where the integration tests run on the real thing, not on a stand-in."""
FEATURES = {
    "enrich: incremental, table, view": ("complete_relation", "call_model_query"),
    "typed columns, whole-schema validation": ("typed_value",),
    "quarantine, requeue, limits, runs": ("complete_relation", "call_model_query"),
    "complete, classify, extract by an endpoint": ("complete_expression",),
    "classify by the warehouse's own function": ("classify_expression",),
    "extract by the warehouse's own function": ("extract_expression",),
    "embed": ("embed_expression",),
}
PUBLIC = [
    "enrich",
    "requests",
    "responses",
    "complete",
    "evaluation",
    "generic_tests",
    "prices",
    "plan",
    "operations",
    "python_models",
    "filter",
]


def support_matrix() -> str:
    """Which adapter answers the primitives that a feature stands on, read from the macros of its folder."""
    lines = [f"| | {' | '.join(ADAPTERS.values())} |", f"|---{'|:-:' * len(ADAPTERS)}|"]
    for feature, primitives in FEATURES.items():
        cells = []
        for adapter in ADAPTERS:
            macros = "".join(path.read_text() for path in (ROOT / "macros" / "adapters" / adapter).glob("*.sql"))
            there = any(f"macro {adapter}__{primitive}(" in macros for primitive in primitives)
            cells.append(("yes" if adapter in IN_PERSON else "stand-in") if there else "–")
        lines.append(f"| {feature} | {' | '.join(cells)} |")
    return "\n".join(lines)


def macro_reference() -> str:
    """Every public macro with its arguments, from its YAML."""
    lines = ["## Macros", ""]
    for folder in PUBLIC:
        for macro in yaml.safe_load((ROOT / "macros" / folder / f"{folder}.yml").read_text())["macros"]:
            names = ", ".join(argument["name"] for argument in macro["arguments"])
            # dbt's own name of a generic test has a prefix that nobody writes.
            name = macro["name"].removeprefix("test_")
            lines += [f"### `{name}({names})`", "", macro["description"].strip(), ""]
            if macro["arguments"]:
                lines += ["| argument | type | |", "|---|---|---|"]
                lines += [f"| `{a['name']}` | {a['type']} | {a['description']} |" for a in macro["arguments"]]
                lines.append("")
    return "\n".join(lines)


def variable_reference() -> str:
    """Every var with its default and the comment above it, from dbt_project.yml."""
    text = (ROOT / "dbt_project.yml").read_text()
    block = text.split("\nvars:\n")[1].split("\n\n")[0]
    lines = ["## Variables", "", "| var | default | |", "|---|---|---|"]
    comment = ""
    for line in block.splitlines():
        if line.strip().startswith("#"):
            comment += line.strip().lstrip("# ") + " "
        elif ":" in line:
            name, default = line.strip().split(":", 1)
            lines.append(f"| `{name}` | `{default.strip()}` | {comment.strip()} |")
            comment = ""
    lines += ["", "The environment variable `DBT_LLM_MODE` wins over `dbt_llm_mode`.", ""]
    return "\n".join(lines)


def table_reference() -> str:
    """Every table of the package with its columns, from the models' YAML and doc blocks."""
    blocks = dict(re.findall(r"\{% docs (\w+) %\}(.*?)\{% enddocs %\}", (ROOT / "models" / "docs.md").read_text(), re.DOTALL))
    lines = ["## Tables", ""]
    for path in sorted((ROOT / "models").rglob("*.yml")):
        for model in yaml.safe_load(path.read_text())["models"]:
            lines += [f"### `{model['name']}`", "", model["description"].strip(), "", "| column | |", "|---|---|"]
            for column in model["columns"]:
                lines.append(f"| `{column['name']}` | {described(column, blocks)} |")
            lines.append("")
    return "\n".join(lines)


def price_tables() -> str:
    """The package's list prices, a table for each place, as its macro gives them."""
    lines: list[str] = []
    heading = None
    for price in Macros("duckdb", {"var": lambda _, default=None: default}).call("prices"):
        if (found := (price["place"], price["source"])) != heading:
            heading = found
            urls = "".join(f", `{url}`" for url in price["base_urls"])
            discount = price["batch_discount"]
            lines += ["", f"### {price['place']}{urls}", "", f"Source: {price['source']}, read {price['read']}."]
            lines += [f"Batch API: {discount:.0%} off."] if discount else []
            lines += ["", "| model | input | cached input | output |", "|---|--:|--:|--:|"]
        cells = [price[f"{kind}_usd_per_million_tokens"] for kind in ("input", "cached_input", "output")]
        lines.append(f"| `{price['model_name']}` | {' | '.join('' if cell is None else f'{cell:g}' for cell in cells)} |")
    return "\n".join(lines).strip()


def between(page: Path, name: str, text: str) -> str:
    """A page with the text between its two marks."""
    marked = rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)"
    return re.sub(marked, lambda found: found[1] + text + "\n" + found[2], page.read_text(), flags=re.DOTALL)


def described(column: dict[str, Any], blocks: dict[str, str]) -> str:
    """A column's description, with its doc block put in."""
    found = re.fullmatch(r"\{\{ doc\('(\w+)'\) \}\}", column["description"])
    return blocks[found[1]] if found else str(column["description"])


def generated() -> dict[Path, str]:
    """The files that hold generated text, as they should be."""
    readme, prices = ROOT / "README.md", ROOT / "docs" / "prices.md"
    head = "# Reference\n\nGenerated from the package's YAML by `make docs`.\n\n"
    reference = head + "\n".join([macro_reference(), variable_reference(), table_reference()]).rstrip() + "\n"
    return {
        readme: between(readme, "support matrix", support_matrix()),
        ROOT / "docs" / "reference.md": reference,
        prices: between(prices, "prices", price_tables()),
    }


def main() -> None:
    """Write, or check."""
    stale = [path for path, text in generated().items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv:
        if stale:
            sys.exit(f"Stale: {', '.join(str(path.relative_to(ROOT)) for path in stale)}. Run `make docs`.")
        return
    for path in stale:
        path.write_text(generated()[path])


if __name__ == "__main__":
    main()
