# One door. `make help` lists what is behind it; CI and pre-commit call these.
.DEFAULT_GOAL := help
PYTHON ?= python3
ADAPTER ?= duckdb
BIN := .venv/bin
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export UV_PYTHON_DOWNLOADS := never
# uv leaves that to the first import, and where nothing may be written then, each interpreter compiles all of dbt anew.
export UV_COMPILE_BYTECODE := 1

.PHONY: help
help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# A change of the lock file sets up again; everything else finds the environment as it is.
.venv/.ready: pyproject.toml uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv sync --quiet --frozen --all-extras --no-extra spark --no-extra ray --python $(BIN)/python
	@touch $@

.PHONY: setup
setup: .venv/.ready  ## Make .venv with everything, pinned by uv.lock

# dbt's version for the demo: 1, or 2 with the companion beside it.
DBT ?= 1
BESIDE := $(if $(filter 2,$(DBT)),DBT=2 DBT_LLM_DBT=$(CURDIR)/.envs/dbt2/bin/dbt ADBC_DRIVER_PATH=$(CURDIR)/.envs/dbt2/drivers)

.PHONY: demo
demo: setup $(if $(filter 2,$(DBT)),.envs/dbt2/drivers/duckdb.toml)  ## Run examples/support_messages end to end and print a summary; on dbt 2 with DBT=2
	$(BESIDE) $(BIN)/python examples/support_messages/demo.py

.PHONY: pipeline
pipeline: setup  ## Run examples/combined_pipeline end to end: a filter, a batch and a native function in one lineage
	$(BIN)/python examples/combined_pipeline/pipeline.py

EXAMPLE := examples/support_messages
DATABASE := $(EXAMPLE)/support_messages$(if $(filter 2,$(DBT)),_dbt2).duckdb

.PHONY: report
report: setup  ## Write the report of the example, after make demo
	$(BIN)/dbt-llm report --database $(DATABASE) --target $(EXAMPLE)/target --out $(EXAMPLE)/report.html

.PHONY: review
review: setup  ## Open the review page on the example, after make demo
	$(BIN)/dbt-llm review --database $(DATABASE) --target $(EXAMPLE)/target

STAND_INS := snowflake databricks bigquery

# Each warehouse's stand-in has an environment of its own, as their pins differ from each other's and from dbt's.
.envs/%/.ready: integration_tests/stand_ins/%/requirements.txt | setup
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .envs/$*
	$(BIN)/uv pip install --quiet --python .envs/$*/bin/python -r $<
	@touch $@

.PHONY: stand-ins
stand-ins: $(STAND_INS:%=.envs/%/.ready)  ## Install the stand-ins of the warehouses

# $(call debian,COMMAND,PACKAGES,WHAT IS SKIPPED): install Debian's packages where the command is missing and we are root.
debian = @if command -v $(1) >/dev/null; then true; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
		&& apt-get install -y -qq --no-install-recommends $(2) >/dev/null; then true; \
	else echo "make $@: $(1) is missing, and only root on Debian or Ubuntu can install it here ($(2)). Skipped: $(3)"; fi

.PHONY: system
system:  ## Install what the check needs of Debian, where it is missing and we are root: a browser, Java, npm
	$(call debian,chromium,chromium,the tests in a browser)
	$(call debian,chromedriver,chromium-driver,the tests in a browser)
	$(call debian,javac,default-jdk-headless,all that runs on Spark)
	$(call debian,npm,npm,the build on dbt 2)

# How many tests run at once; auto is one for each core.
WORKERS ?= auto
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --durations 10

# What has an environment of its own.
OWN := engines ray spark zetasql
# What needs more than .venv, and whole projects, which take as long as many tests.
MORE := $(OWN) browser chaos dbt2 examples executed integration signatures

.PHONY: test
test: setup  ## Run the tests that need .venv only: what you run while you work
	$(PYTEST) tests tests/integration/test_contract_cases.py --adapter duckdb -m "not long" $(MORE:%=--ignore tests/%)

# Those with an environment of their own have one core each.
.PHONY: check
check: setup system stand-ins .envs/dbt2/.ready  ## Run everything: also stand-ins, executed SQL, browsers, dbt 1.10 and 2, ZetaSQL
	$(MAKE) --no-print-directory --jobs 2 --output-sync zetasql executed-spark spark
	$(MAKE) --no-print-directory money-rules
	$(PYTEST) tests $(OWN:%=--ignore tests/%) --ignore tests/executed/test_spark.py

.PHONY: lint
lint: setup  ## ruff, mypy --strict, sqlfluff, layout
	$(MAKE) --no-print-directory --jobs 2 --output-sync types style

# It takes one core, and as long as the rest.
.PHONY: types
types: setup
	$(BIN)/mypy

.PHONY: style
style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint --processes 0 tests/golden/duckdb tests/golden/databricks tests/golden/snowflake tests/golden/bigquery
	$(BIN)/python -m pytest -q tests/layout

.PHONY: format
format: setup  ## Rewrite Python files in the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: golden
golden: setup  ## Rewrite the golden SQL; read the difference as a reviewer would
	DBT_LLM_REWRITE_GOLDEN=1 $(BIN)/python -m pytest -q tests/golden

.PHONY: integration
integration: setup $(filter .envs/$(ADAPTER)/.ready,$(STAND_INS:%=.envs/%/.ready))  ## Run integration_tests on ADAPTER (duckdb, snowflake, databricks, bigquery)
	$(BIN)/python -m pytest -q tests/integration --adapter $(ADAPTER)

# The oldest dbt 1 that is supported, with the oldest DuckDB: .venv has the newest, dbt 2 an environment of its own.
OLDEST := 1.10
VECTORS := embeddings.py::test_a_vector_is_shown_until_the_new_one_comes
RULES := $(addprefix tests/money_rules/test_,pay_once.py only_run_spends.py kill.py no_warning.py $(VECTORS))

.envs/dbt-$(OLDEST)/.ready: tests/money_rules/dbt-$(OLDEST).txt pyproject.toml | setup
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(@D)
	$(BIN)/uv pip install --quiet --python $(@D)/bin/python -r $< -e '.[duckdb,openai,anthropic,gemini,mistral]'
	@touch $@

.PHONY: money-rules
money-rules: .envs/dbt-$(OLDEST)/.ready  ## Run the money rules on the oldest dbt 1 and DuckDB
	.envs/dbt-$(OLDEST)/bin/python -m pytest -q -n $(WORKERS) -p no:cacheprovider -m "not long" $(RULES)

DUCKDB_LIBRARY := @duckdb/node-bindings-linux-x64@1.5.6-r.1

# dbt 2 reaches DuckDB through its C library, which npm has as a file of its own.
.envs/dbt2/.ready: tests/dbt2/requirements.txt | setup system
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .envs/dbt2
	$(BIN)/uv pip install --quiet --no-deps --python .envs/dbt2/bin/python -r $<
	@if command -v npm >/dev/null; then \
		cd .envs/dbt2 && npm pack --silent $(DUCKDB_LIBRARY) >/dev/null && tar xzf *.tgz && rm *.tgz && touch .ready; fi

# Where it looks for drivers.
.envs/dbt2/drivers/duckdb.toml: .envs/dbt2/.ready
	@mkdir -p $(@D)
	@printf '%s\n' 'manifest_version = 1' 'name = "DuckDB"' 'version = "1.5"' '[Driver]' 'entrypoint = "duckdb_adbc_init"' \
		'[Driver.shared]' 'linux_amd64 = "$(CURDIR)/.envs/dbt2/package/libduckdb.so"' > $@

.PHONY: integration-dbt2
integration-dbt2: setup .envs/dbt2/.ready  ## Parse, compile and build on dbt Core 2.0
	$(BIN)/python -m pytest -q tests/dbt2

.envs/zetasql/.ready: tests/zetasql/requirements.txt | setup
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .envs/zetasql
	$(BIN)/uv pip install --quiet --python .envs/zetasql/bin/python -r $<
	@touch $@

.PHONY: zetasql
zetasql: .envs/zetasql/.ready  ## Analyse the golden SQL for BigQuery by ZetaSQL
	.envs/zetasql/bin/python -m pytest -q --noconftest -p no:cacheprovider tests/zetasql

# .venv with Spark in it, which has half a gigabyte.
.envs/spark/.ready: pyproject.toml uv.lock | setup system
	UV_PROJECT_ENVIRONMENT=.envs/spark $(BIN)/uv sync --quiet --frozen --all-extras --no-extra ray --python $(BIN)/python
	@touch $@

.PHONY: executed-spark
executed-spark: .envs/spark/.ready  ## Execute the golden SQL for Databricks on open-source Spark (Java 17)
	.envs/spark/bin/python -m pytest -q --noconftest -p no:cacheprovider tests/executed/test_spark.py

.PHONY: spark
spark: .envs/spark/.ready  ## Run the engine spark by dbt on DuckDB and a local Spark (Java 17)
	.envs/spark/bin/python -m pytest -q -n 0 -p no:cacheprovider tests/spark

# Half of the packages are vLLM's. `+cpu` builds of torch are in no registry: pip has to be told of a folder or an index of them.
.envs/engines/.ready: tests/engines/requirements.txt | setup system
	$(BIN)/uv venv --quiet --clear --seed --python $(BIN)/python .envs/engines
	@if .envs/engines/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<; then \
		site=$$(.envs/engines/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/vllm-0.32.0+cpu.dist-info; \
		mkdir -p $$site && printf 'Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0+cpu\n' > $$site/METADATA; touch $@; \
	else echo "make $@: pip finds no torch==2.13.0+cpu. Name a place that has it by PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL." \
		"Skipped: all that runs a model's own library"; fi

.PHONY: engines
engines: .envs/engines/.ready  ## Run transformers and vLLM on the CPU in workers of Spark and Ray, over random weights (Java 17, 5 GB)
	@test ! -e $< || PYTHONPATH=$(CURDIR)/src .envs/engines/bin/python -m pytest -q --noconftest -p no:cacheprovider tests/engines

# .venv with Ray in it, which has 0.2 gigabytes.
.envs/ray/.ready: pyproject.toml uv.lock | setup
	UV_PROJECT_ENVIRONMENT=.envs/ray $(BIN)/uv sync --quiet --frozen --all-extras --no-extra spark --python $(BIN)/python
	@touch $@

.PHONY: ray
ray: .envs/ray/.ready .envs/databricks/.ready  ## Run the engine ray by dbt on DuckDB and the Databricks stand-in, with a local Ray
	$(BIN)/uv pip install --quiet --python .envs/databricks/bin/python -r integration_tests/stand_ins/databricks/ray.txt
	.envs/ray/bin/python -m pytest -q -n 0 -p no:cacheprovider tests/ray
	.envs/ray/bin/python -m pytest -q -n 0 -p no:cacheprovider tests/integration/test_python_models.py --adapter databricks -k ray

.PHONY: docs
docs: setup  ## Rewrite the generated parts of the docs
	$(BIN)/python docs/generate.py

SEEDS ?= 0-999

.PHONY: chaos
chaos: setup  ## Carry out the schedules SEEDS of kills and faults that are not done yet (AGAIN=1: all of them)
	$(BIN)/python -m tests.chaos $(SEEDS) $(if $(AGAIN),--again) --keep target/chaos

.PHONY: bench
bench: setup .envs/spark/.ready .envs/ray/.ready  ## Time the main road against its yardsticks (not part of the tests)
	$(BIN)/python -m bench

.PHONY: clean
clean:  ## Remove what the targets made, but not .venv
	rm -rf target logs .pytest_cache .mypy_cache .ruff_cache integration_tests/target integration_tests/logs
