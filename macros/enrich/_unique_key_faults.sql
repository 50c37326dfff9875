{# A key that is not unique makes a merge fail, or doubles rows, after the money is spent. #}
{%- macro _unique_key_faults(steps, columns) -%}
    {%- set keys = dbt_llm._unique_key_columns() -%}
    {%- set missing = [] -%}
    {%- for key in keys if dbt_llm._is_identifier(key) and key | lower not in columns | map('lower') | list -%}
        {%- do missing.append(
            "config.unique_key: '" ~ key ~ "' is not a column of the input. Expected one of "
            ~ dbt_llm._quoted_list(columns) ~ "; got '" ~ key ~ "'" ~ dbt_llm._did_you_mean(key, columns)
        ) -%}
    {%- endfor -%}
    {%- if missing -%}
        {{ return(missing) }}
    {%- endif -%}
    {%- set any_null = [] -%}
    {%- for key in keys -%}
        {%- do any_null.append(key ~ ' is null') -%}
    {%- endfor -%}
    {%- set found = run_query(
        steps.input
        ~ '\nselect\n    (select count(*) from llm_input where ' ~ (any_null | join(' or ')) ~ ') as null_count,'
        ~ '\n    (select count(*) from (select 1 as one from llm_input group by ' ~ (keys | join(', '))
        ~ ' having count(*) > 1) as repeated) as repeated_count'
    ).rows[0] -%}
    {%- set faults = [] -%}
    {%- if found[0] | int > 0 -%}
        {%- do faults.append(
            'config.unique_key: NULL in ' ~ found[0] ~ " rows of the input. Expected a value in every row of '"
            ~ (keys | join(', ')) ~ "'; got NULL. Filter those rows, or choose another key"
        ) -%}
    {%- endif -%}
    {%- if found[1] | int > 0 -%}
        {%- do faults.append(
            'config.unique_key: not unique in the input. Expected one row for each ' ~ (keys | join(', ')) ~ '; got '
            ~ found[1] ~ ' values with more than one. Deduplicate the input, or choose another key'
        ) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}
