{# The staged answers with the class of those that failed. #}
{%- macro _classified_answers(stage, task) -%}
    {{ return(
        'select\n    read_answers.*,\n    coalesce(known_class, ' ~ dbt_llm._error_class(message='error_message', completion='completion')
        ~ ') as error_class\nfrom (\n' ~ dbt_llm.answers_query(stage=stage, task=task) ~ '\n) as read_answers'
    ) }}
{%- endmacro -%}
