{# What a score is of: a column of a candidate, which is a prompt version and a language model. #}
{%- macro _scored_columns() -%}
    {{ return(['candidate', 'llm_prompt_version', 'model_name', 'column_name']) }}
{%- endmacro -%}
