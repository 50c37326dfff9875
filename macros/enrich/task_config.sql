{# The task as the model's YAML states it. A dbt unit test, which cannot see its model's config, overrides this. #}
{%- macro task_config() -%}
    {{ return((config.get('meta') or {}).get('llm')) }}
{%- endmacro -%}
