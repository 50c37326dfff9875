{# The embedded engine: one streaming call of the companion answers a whole work table. #}

{%- macro duckdb__adapter_name() -%}
    {{ return('duckdb') }}
{%- endmacro -%}

{#
    `unless`: a required key that another key makes dispensable (a provider has a URL of its own). `choices`: the values
    that a key may have; the companion knows more, as which of them go together.
#}
{%- macro duckdb__endpoint_keys() -%}
    {%- set numbers = [
        'max_in_flight', 'requests_per_minute', 'tokens_per_minute', 'timeout_s',
        'input_usd_per_million_tokens', 'output_usd_per_million_tokens',
        'cached_input_usd_per_million_tokens', 'cache_write_usd_per_million_tokens', 'inputs_per_call',
    ] -%}
    {{ return({
        'required': ['model_name', 'base_url'],
        'unless': {'base_url': 'provider'},
        'optional': [
            'api_key_env', 'provider', 'api', 'region', 'structured_output', 'prompt_cache', 'service_tier',
            'headers', 'query', 'client_cert', 'client_key',
        ] + numbers,
        'numbers': numbers,
        'choices': {
            'provider': ['openai', 'azure', 'anthropic', 'gemini', 'bedrock', 'mistral'],
            'api': ['chat', 'responses'],
            'structured_output': ['schema', 'json', 'ask'],
            'prompt_cache': ['off', '5m', '30m', '1h'],
        },
    }) }}
{%- endmacro -%}

{# The one thing that only the database knows: is there an embedded engine? #}
{%- macro duckdb__check_endpoint(task) -%}
    {%- set place = dbt_llm._engine_place() -%}
    {%- if place == 'companion' and task.get('dimensions') is not none -%}
        {{ return(['embeddings need the plugin, whose commit holds the vectors and their responses. Expected dbt 1 with the plugin dbt_llm.duckdb; got dbt '
            ~ dbt_version ~ ' and the companion beside it. Run this task with dbt 1']) }}
    {%- endif -%}
    {{ return([] if place else [dbt_llm._no_engine_fault()]) }}
{%- endmacro -%}

{%- macro _no_engine_fault() -%}
    {%- if dbt_llm._is_dbt_2() -%}
        {{ return(
            'dbt ' ~ dbt_version ~ ' has no Python in it, and so no embedded engine. Expected the companion beside it; got dbt alone. Run '
            ~ '`dbt-llm dbt ' ~ flags.WHICH ~ '` with the same arguments, after `pip install dbt-llm` where dbt is'
        ) }}
    {%- endif -%}
    {{ return(
        "the embedded engine is not loaded. Expected `plugins: [{module: dbt_llm.duckdb}]` in the profile's target '" ~ target.name
        ~ "'; got none. Add it, and `pip install 'dbt-llm[duckdb]'` where dbt runs"
    ) }}
{%- endmacro -%}

{#
    One streaming call answers the whole work table; it commits as it goes through connections of its own, or has this one take in
    what the companion has written.
#}
{%- macro duckdb__complete_relation(work, responses, task, run) -%}
    {%- set options = {
        'task': task.name,
        'engine': dbt_llm.adapter_name(),
        'endpoint_name': task.endpoint_name,
        'endpoint': task.endpoint,
        'model_parameters': task.model_parameters,
        'response_format': task.response_schema if task.get('dimensions') is none else none,
        'dimensions': task.get('dimensions'),
        'embeddings_relation': none if task.get('dimensions') is none else dbt_llm._package_relation('dbt_llm__embeddings') | string,
        'prompt_prefix': dbt_llm._prompt_prefix(task.prompt),
        'limits': run.limits,
        'budgets': run.budget_terms,
        'retries': task.retries,
        'store_prompts': task.store_prompts,
        'prompt_version': run.prompt_version,
        'invocation_id': invocation_id,
        'work_relation': work | string,
        'responses_relation': responses | string,
    } -%}
    {%- if dbt_llm._engine_place() == 'companion' -%}
        {{ return(dbt_llm._ask_companion('drain', responses, options)) }}
    {%- endif -%}
    {%- set result = run_query('select dbt_llm_drain(' ~ dbt_llm.string_literal(tojson(options)) ~ ')') -%}
    {{ return(fromjson(result.rows[0][0])) }}
{%- endmacro -%}

{# One process writes to the database, and in it the tasks share what is in flight (decision 7). #}
{%- macro duckdb__asks_each_request_once() -%}
    {{ return(true) }}
{%- endmacro -%}

{#
    The companion's files beside the database are its journal. Most runs find none, and need not look for who could take them in.
    Where neither it nor the plugin is there, nobody could, or tell whether they are still written.
#}
{%- macro duckdb__recover_answers(responses) -%}
    {%- set file = dbt_llm._database_file(responses) -%}
    {%- if file is none -%}
        {{ return(0) }}
    {%- endif -%}
    {%- set files = dbt_llm.string_literal(file ~ '.dbt_llm/*/*.answers') -%}
    {# A path with one of these is a pattern, which finds other files or none. #}
    {%- set is_pattern = '*' in file or '?' in file or '[' in file -%}
    {%- if not is_pattern and run_query('select count(*) from glob(' ~ files ~ ')').rows[0][0] | int == 0 -%}
        {{ return(0) }}
    {%- endif -%}
    {%- set place = dbt_llm._engine_place() -%}
    {%- if place == 'companion' -%}
        {{ return(dbt_llm._ask_companion('recover', responses, {'responses_relation': responses | string})) }}
    {%- elif place == 'plugin' -%}
        {{ return(run_query('select dbt_llm_recover(' ~ dbt_llm.string_literal(responses | string) ~ ')').rows[0][0] | int) }}
    {%- elif not is_pattern -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm: answers that a killed run has paid for wait in ' ~ file ~ '.dbt_llm. Expected them to be taken in; got '
            ~ dbt_llm._no_engine_fault() ~ '.'
        ) -%}
    {%- endif -%}
    {{ return(0) }}
{%- endmacro -%}
