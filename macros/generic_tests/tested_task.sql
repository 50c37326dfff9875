{# What several tests need: the task that they are attached to, their arguments checked, and their failures in words. #}

{#
    The task that a generic test is attached to, {'name', 'schema', 'filter'}: name as the package's tables know it, the schema of
    its response format, and its filter or none. The schema is none where meta.llm is not there, which a test may not need.
#}
{%- macro _tested_task(test_name) -%}
    {# A test's own node is `model` here, as everywhere in dbt; only inside of the test is it the relation. #}
    {%- set tested = model.get('attached_node') or (model.depends_on.nodes | first) -%}
    {%- set node = graph.nodes.get(tested) -%}
    {%- set llm = (node.config.meta or {}).get('llm') if node else none -%}
    {%- if llm is not mapping -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ test_name ~ ": not on a task. Expected a dbt model with config.meta.llm; got '" ~ tested
            ~ "'. Attach the test to the model that calls dbt_llm.enrich()."
        ) -%}
    {%- endif -%}
    {{ return({
        'name': dbt_llm._task_name_of(node),
        'schema': dbt_llm._response_schema(dbt_llm._response_format_of(llm)),
        'filter': dbt_llm._filter_of(llm),
    }) }}
{%- endmacro -%}

{# One fault for each argument that is not a number within its bounds: {name: {'value', 'least'}}; whole ones say so. #}
{%- macro _number_faults(arguments) -%}
    {%- set faults = [] -%}
    {%- for name, argument in arguments.items() -%}
        {%- set kind = 'whole number' if argument.get('whole') else 'number' -%}
        {%- if argument.value is not number or argument.value is boolean or argument.value < argument.least
            or argument.value > argument.get('most', argument.value) or (argument.get('whole') and argument.value is not integer) -%}
            {%- do faults.append(
                name ~ ': no such value. Expected a ' ~ kind ~ ' of at least ' ~ argument.least
                ~ (' and at most ' ~ argument.most if 'most' in argument else '') ~ '; got ' ~ dbt_llm._got(argument.value)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

{#
    Writes the `message` of each failing row to the log: dbt itself only counts them. Nothing where no test runs, so that
    `compile` and `docs generate` ask the database nothing.
#}
{%- macro _log_failures(test_name, failures) -%}
    {%- if flags.WHICH in ['test', 'build'] -%}
        {%- for row in run_query('select message from (\n' ~ failures ~ '\n) as failures order by message limit 20').rows -%}
            {%- do log('dbt_llm.' ~ test_name ~ ': ' ~ row[0], info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
