{# JSON on Databricks: variants. #}

{%- macro databricks__parse_json(text_expression) -%}
    {{ return('try_parse_json(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{# Spark's parser ends with the first value. As a member it cannot, so that of two objects in a fence none is taken. #}
{%- macro databricks__parse_wrapped_json(text_expression) -%}
    {%- set unwrapped = 'regexp_replace(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(dbt_llm._wrapped_object()) ~ ", '$3$4')" -%}
    {{ return(
        'coalesce(' ~ dbt_llm.parse_json(text_expression) ~ ', try_variant_get('
        ~ dbt_llm.parse_json("concat('{\"object\":', " ~ unwrapped ~ ", '}')") ~ ", '$.object', 'variant'))"
    ) }}
{%- endmacro -%}

{# JSON Schema's types: 1.0 is an integer there, so a number without a fraction is one here. floor() would end at 64 bits. #}
{%- macro databricks__json_is(json_expression, json_type) -%}
    {%- set type = 'schema_of_variant(' ~ json_expression ~ ')' -%}
    {%- set fractional = '(' ~ type ~ " like 'DECIMAL%' or " ~ type ~ " in ('DOUBLE', 'FLOAT'))" -%}
    {%- if json_type == 'integer' -%}
        {%- set number = dbt_llm.json_number(json_expression) -%}
        {{ return('(' ~ type ~ " = 'BIGINT' or " ~ type ~ " like 'DECIMAL(%,0)' or (" ~ type ~ " in ('DOUBLE', 'FLOAT') and " ~ number ~ ' % 1 = 0))') }}
    {%- elif json_type == 'float' -%}
        {{ return(fractional) }}
    {%- elif json_type == 'number' -%}
        {{ return('(' ~ type ~ " = 'BIGINT' or " ~ fractional ~ ')') }}
    {%- elif json_type in ['array', 'object'] -%}
        {{ return(type ~ " like '" ~ (json_type | upper) ~ "<%'") }}
    {%- endif -%}
    {{ return(type ~ " = '" ~ {'string': 'STRING', 'boolean': 'BOOLEAN', 'null': 'VOID'}[json_type] ~ "'") }}
{%- endmacro -%}

{%- macro databricks__json_member(json_expression, name) -%}
    {%- set path = '$["' ~ (name | replace('"', '\\"')) ~ '"]' -%}
    {{ return('try_variant_get(' ~ json_expression ~ ', ' ~ dbt_llm.string_literal(path) ~ ", 'variant')") }}
{%- endmacro -%}

{%- macro databricks__json_text(json_expression) -%}
    {{ return('try_variant_get(' ~ json_expression ~ ", '$', 'string')") }}
{%- endmacro -%}

{%- macro databricks__json_number(json_expression) -%}
    {{ return('try_variant_get(' ~ json_expression ~ ", '$', 'double')") }}
{%- endmacro -%}

{%- macro databricks__json_document(json_expression) -%}
    {{ return('to_json(' ~ json_expression ~ ')') }}
{%- endmacro -%}

{%- macro databricks__json_array_length(json_expression) -%}
    {{ return('array_size(try_variant_get(' ~ json_expression ~ ", '$', 'array<variant>'))") }}
{%- endmacro -%}

{%- macro databricks__json_any_element(json_expression, element, condition) -%}
    {{ return('exists(try_variant_get(' ~ json_expression ~ ", '$', 'array<variant>'), " ~ element ~ ' -> ' ~ condition ~ ')') }}
{%- endmacro -%}

{%- macro databricks__json_has_other_keys(json_expression, names) -%}
    {{ return(
        'exists(map_keys(try_variant_get(' ~ json_expression ~ ", '$', 'map<string, variant>')), k -> k not in (" ~ dbt_llm._literal_list(names) ~ '))'
    ) }}
{%- endmacro -%}

{%- macro databricks__json_set_size(json_expression) -%}
    {{ return('array_size(array_distinct(try_variant_get(' ~ json_expression ~ ", '$', 'array<string>')))") }}
{%- endmacro -%}

{%- macro databricks__json_common_size(json_expression, other) -%}
    {{ return('array_size(array_intersect(try_variant_get(' ~ json_expression ~ ", '$', 'array<string>'), try_variant_get(" ~ other ~ ", '$', 'array<string>')))") }}
{%- endmacro -%}

{# to_json takes no scalar, hence the struct round it; it would leave out the NULL fields of a struct. #}
{%- macro databricks__json_of(expression) -%}
    {{ return("try_variant_get(parse_json(to_json(named_struct('value', " ~ expression ~ "), map('ignoreNullFields', 'false'))), '$.value', 'variant')") }}
{%- endmacro -%}

{%- macro databricks__json_object_text(members) -%}
    {%- set parts = [] -%}
    {%- for name, expression in members.items() -%}
        {%- do parts.append(dbt_llm.string_literal(name) ~ ', ' ~ expression) -%}
    {%- endfor -%}
    {{ return('to_json(named_struct(' ~ (parts | join(', ')) ~ "), map('ignoreNullFields', 'false'))") }}
{%- endmacro -%}
