{# to_json takes no scalar, hence the struct round it; it would leave out the NULL fields of a struct. #}
{%- macro databricks__json_of(expression) -%}
    {{ return("try_variant_get(parse_json(to_json(named_struct('value', " ~ expression ~ "), map('ignoreNullFields', 'false'))), '$.value', 'variant')") }}
{%- endmacro -%}
