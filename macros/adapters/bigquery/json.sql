{# JSON on BigQuery, by its json functions. #}

{%- macro bigquery__parse_json(text_expression) -%}
    {{ return('safe.parse_json(' ~ text_expression ~ ", wide_number_mode => 'round')") }}
{%- endmacro -%}

{# JSON Schema's types: 1.0 is an integer there, so a number without a fraction is one here. #}
{%- macro bigquery__json_is(json_expression, json_type) -%}
    {%- set type = 'json_type(' ~ json_expression ~ ')' -%}
    {%- if json_type == 'integer' -%}
        {%- set number = dbt_llm.json_number(json_expression) -%}
        {{ return('(' ~ type ~ " = 'number' and " ~ number ~ ' = trunc(' ~ number ~ '))') }}
    {%- elif json_type == 'float' -%}
        {{ return('(' ~ type ~ " = 'number' and not " ~ dbt_llm.text_matches(dbt_llm.json_text(json_expression), '^-?[0-9]+$') ~ ')') }}
    {%- endif -%}
    {{ return(type ~ " = '" ~ json_type ~ "'") }}
{%- endmacro -%}

{%- macro bigquery__json_member(json_expression, name) -%}
    {%- set path = '$."' ~ (name | replace('"', '\\"')) ~ '"' -%}
    {{ return('json_query(' ~ json_expression ~ ', ' ~ dbt_llm.string_literal(path) ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__json_text(json_expression) -%}
    {{ return('json_value(' ~ json_expression ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__json_number(json_expression) -%}
    {{ return('safe_cast(' ~ dbt_llm.json_text(json_expression) ~ ' as float64)') }}
{%- endmacro -%}

{%- macro bigquery__json_document(json_expression) -%}
    {{ return('to_json_string(' ~ json_expression ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__json_array_length(json_expression) -%}
    {{ return('array_length(json_query_array(' ~ json_expression ~ '))') }}
{%- endmacro -%}

{%- macro bigquery__json_any_element(json_expression, element, condition) -%}
    {{ return('exists (select 1 from unnest(json_query_array(' ~ json_expression ~ ')) as ' ~ element ~ ' where ' ~ condition ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__json_has_other_keys(json_expression, names) -%}
    {{ return(
        'exists (select 1 from unnest(json_keys(' ~ json_expression ~ ', 1)) as k where k not in (' ~ dbt_llm._literal_list(names) ~ '))'
    ) }}
{%- endmacro -%}

{%- macro bigquery__json_set_size(json_expression) -%}
    {{ return('(select count(distinct json_value(element)) from unnest(json_query_array(' ~ json_expression ~ ')) as element)') }}
{%- endmacro -%}

{%- macro bigquery__json_common_size(json_expression, other) -%}
    {{ return(
        '(select count(distinct json_value(element)) from unnest(json_query_array(' ~ json_expression
        ~ ')) as element where json_value(element) in (select json_value(candidate) from unnest(json_query_array(' ~ other ~ ')) as candidate))'
    ) }}
{%- endmacro -%}

{%- macro bigquery__json_of(expression) -%}
    {{ return('to_json(' ~ expression ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__json_object_text(members) -%}
    {%- set parts = [] -%}
    {%- for name, expression in members.items() -%}
        {%- do parts.append(expression ~ ' as ' ~ dbt_llm.column_name(name)) -%}
    {%- endfor -%}
    {{ return('to_json_string(struct(' ~ (parts | join(', ')) ~ '))') }}
{%- endmacro -%}
