{# The row of a task's table that a key finds: its request and status; an error where it finds none, or rows of several requests. #}
{%- macro _audited_row(node, key) -%}
    {%- set relation = load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) -%}
    {%- if relation is none -%}
        {%- do dbt_llm._raise_faults('audit', node.name, ['its table is not there. Expected it to have been built; got none. Run the task first']) -%}
    {%- endif -%}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list -%}
    {%- set conditions = [] -%}
    {%- set said = [] -%}
    {%- for name, value in key.items() -%}
        {%- if name | lower not in columns -%}
            {%- do dbt_llm._raise_faults('audit', node.name, [
                'key: not a column of the table. Expected one of ' ~ dbt_llm._quoted_list(columns) ~ "; got '" ~ name ~ "'"
                ~ dbt_llm._did_you_mean(name, columns)
            ]) -%}
        {%- endif -%}
        {%- set literal = (value | lower) if value is boolean else (value if value is number else dbt_llm.string_literal(value | string)) -%}
        {%- do conditions.append(dbt_llm.column_name(name) ~ ' = ' ~ literal) -%}
        {%- do said.append(name ~ ' ' ~ value) -%}
    {%- endfor -%}
    {%- set found = run_query(
        'select distinct llm_request_key, llm_status, llm_reason, llm_prompt_version\nfrom ' ~ relation ~ '\nwhere '
        ~ (conditions | join('\n    and ')) ~ '\nlimit 2'
    ).rows -%}
    {%- if found | length != 1 -%}
        {%- do dbt_llm._raise_faults('audit', node.name, [
            'key: finds ' ~ ('no row' if found | length == 0 else 'rows of several requests') ~ '. Expected one row of ' ~ relation ~ '; got '
            ~ (said | join(', ')) ~ '. Name all columns of its unique_key, with the values as the table has them'
        ]) -%}
    {%- endif -%}
    {{ return({
        'request_key': found[0][0], 'status': found[0][1], 'reason': found[0][2], 'prompt_version': found[0][3], 'said': said | join(', '),
    }) }}
{%- endmacro -%}
