{# Calls of a language model as scalar SQL expressions, for ad-hoc SQL: no cache, no table, every evaluation pays. #}

{# The completion of a prompt, as a scalar SQL expression: no cache, no validation, NULL where the call failed. #}
{%- macro complete(prompt, endpoint, model_parameters=none) -%}
    {%- set task = dbt_llm._inline_task('complete', endpoint=endpoint, response_format=none, model_parameters=model_parameters) -%}
    {{ return(dbt_llm._paid_expression('complete', dbt_llm.complete_expression(prompt_expression=prompt, task=task), dbt.type_string())) }}
{%- endmacro -%}

{#
    One of `labels` for a text, as a scalar SQL expression: of the endpoint, or without one of the warehouse's own
    function. NULL where the call failed or answered another label.
#}
{%- macro classify(text, labels, endpoint=none, instruction=none, model_parameters=none) -%}
    {%- if endpoint is none -%}
        {%- do dbt_llm._check_native('classify', model_parameters) -%}
        {%- set label = dbt_llm.classify_expression(text=text, labels=labels, instruction=instruction) -%}
    {%- else -%}
        {%- set task = dbt_llm._inline_task(
            'classify', endpoint=endpoint, response_format={'label': {'type': 'string', 'enum': labels}}, model_parameters=model_parameters
        ) -%}
        {%- set prompt = dbt_llm.concat_text([
            dbt_llm.string_literal((instruction or 'Which label fits the text best?') ~ '\nLabels: ' ~ (labels | join(', ')) ~ '\n<text>'),
            dbt_llm.text_of(text),
            dbt_llm.string_literal('</text>'),
        ]) -%}
        {%- set completion = dbt_llm.parse_json(dbt_llm.complete_expression(prompt_expression=prompt, task=task)) -%}
        {%- set label = dbt_llm.json_text(dbt_llm.json_member(completion, 'label')) -%}
    {%- endif -%}
    {{ return(dbt_llm._paid_expression('classify', dbt_llm.one_of(text_expression=label, allowed=labels), dbt.type_string())) }}
{%- endmacro -%}

{#
    The JSON text of what `response_format` asks of a text, as a scalar SQL expression: of the endpoint, or without one of
    the warehouse's own function. NULL where the call failed.
#}
{%- macro extract(text, response_format, endpoint=none, instruction=none, model_parameters=none) -%}
    {%- if endpoint is none -%}
        {%- do dbt_llm._check_native('extract', model_parameters) -%}
        {%- set schema = dbt_llm._response_schema(response_format) -%}
        {%- if execute -%}
            {%- do dbt_llm._raise_faults('extract', 'response_format', dbt_llm._schema_faults(schema, 'response_format')) -%}
        {%- endif -%}
        {%- set expression = dbt_llm.extract_expression(text=text, schema=schema, instruction=instruction) -%}
        {{ return(dbt_llm._paid_expression('extract', expression, dbt.type_string())) }}
    {%- endif -%}
    {%- set expression = dbt_llm.complete_expression(
        prompt_expression=dbt_llm.concat_text([
            dbt_llm.string_literal((instruction or 'Extract the asked values from the text.') ~ '\n<text>'),
            dbt_llm.text_of(text),
            dbt_llm.string_literal('</text>'),
        ]),
        task=dbt_llm._inline_task('extract', endpoint=endpoint, response_format=response_format, model_parameters=model_parameters),
    ) -%}
    {{ return(dbt_llm._paid_expression('extract', expression, dbt.type_string())) }}
{%- endmacro -%}

{# The embedding of a text, as a scalar SQL expression; NULL where the call failed, if the warehouse's function says so. #}
{%- macro embed(text, endpoint) -%}
    {%- set task = dbt_llm._inline_task('embed', endpoint=endpoint, response_format=none, model_parameters=none) -%}
    {{ return(dbt_llm._paid_expression('embed', dbt_llm.embed_expression(text=text, endpoint=task.endpoint), none)) }}
{%- endmacro -%}

{#
    An expression that pays with each evaluation; NULL, of the type if one is given, in a command that evaluates it without being
    one that may spend, and where the mode is cache_only. Refused where whoever reads the model would pay.
#}
{%- macro _paid_expression(macro_name, expression, type) -%}
    {%- set materialized = config.get('materialized') if model is defined and model.resource_type == 'model' else none -%}
    {%- if not execute -%}
        {{ return(expression) }}
    {%- elif materialized in ['view', 'ephemeral', 'materialized_view', 'dynamic_table', 'streaming_table'] -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ": the model is a " ~ materialized ~ ", which everyone who reads it would pay for, each time. Expected "
            ~ "materialized: table or incremental; got '" ~ materialized ~ "'. Set it, or use enrich(), which pays once for each prompt."
        ) -%}
    {%- endif -%}
    {# To compile evaluates nothing. #}
    {%- set may_spend = flags.WHICH in ['compile', 'generate'] or (dbt_llm._is_built() and model is defined and model.resource_type == 'model') -%}
    {%- if may_spend and dbt_llm._mode() == 'live' -%}
        {%- if dbt_llm._is_built() -%}
            {%- do dbt_llm._raise_faults(macro_name, model.name, dbt_llm._unseen_variables()) -%}
        {%- endif -%}
        {{ return(expression) }}
    {%- endif -%}
    {{ return('cast(null as ' ~ type ~ ')' if type else 'null') }}
{%- endmacro -%}

{# What an inline macro passes to the adapter: a task without a table. #}
{%- macro _inline_task(macro_name, endpoint, response_format, model_parameters) -%}
    {%- set resolved = dbt_llm._endpoint(endpoint) -%}
    {%- set faults = resolved.faults -%}
    {%- set schema = none -%}
    {%- if response_format is not none -%}
        {%- set schema = dbt_llm._response_schema(response_format) -%}
        {%- do faults.extend(dbt_llm._schema_faults(schema, 'response_format')) -%}
    {%- endif -%}
    {%- if execute -%}
        {%- do dbt_llm._raise_faults(macro_name, endpoint, faults) -%}
    {%- endif -%}
    {{ return({
        'name': macro_name,
        'endpoint_name': endpoint,
        'endpoint': resolved.endpoint,
        'model_parameters': model_parameters or {},
        'response_schema': schema,
        'retries': 5,
    }) }}
{%- endmacro -%}

{# A warehouse's own function has its own model, which takes no parameters. #}
{%- macro _check_native(macro_name, model_parameters) -%}
    {%- if model_parameters and execute -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ": the warehouse's own function takes no model_parameters. Expected an endpoint beside them; "
            ~ 'got none. Name one, or leave model_parameters out.'
        ) -%}
    {%- endif -%}
{%- endmacro -%}
