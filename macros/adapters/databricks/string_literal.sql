{#
    Backslash is an escape in Spark's literals; a line break stands for itself. `${name}` would be a variable's value, put
    in before the statement is parsed, even within a literal (spark.sql.variable.substitute, on by default).
#}
{%- macro databricks__string_literal(text) -%}
    {{ return("'" ~ (text | string | replace('\\', '\\\\') | replace("'", "\\'") | replace('${', '\\u0024{')) ~ "'") }}
{%- endmacro -%}
