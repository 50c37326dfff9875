{# JSON: a completion as JSON, what its values are, and the parts of them. #}

{%- macro parse_json(text_expression) -%}
    {{ return(adapter.dispatch('parse_json', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{%- macro default__parse_json(text_expression) -%}
    {{ return(dbt_llm._refuse_adapter('parse_json')) }}
{%- endmacro -%}

{%- macro parse_wrapped_json(text_expression) -%}
    {{ return(adapter.dispatch('parse_wrapped_json', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{# The pattern's dialect is RE2's, and its replacement's too. #}
{%- macro default__parse_wrapped_json(text_expression) -%}
    {{ return(dbt_llm.parse_json(
        'regexp_replace(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(dbt_llm._wrapped_object()) ~ ', '
        ~ dbt_llm.string_literal('\\3\\4') ~ ')'
    )) }}
{%- endmacro -%}

{%- macro json_is(json_expression, json_type) -%}
    {{ return(adapter.dispatch('json_is', 'dbt_llm')(json_expression=json_expression, json_type=json_type)) }}
{%- endmacro -%}

{%- macro default__json_is(json_expression, json_type) -%}
    {{ return(dbt_llm._refuse_adapter('json_is')) }}
{%- endmacro -%}

{%- macro json_member(json_expression, name) -%}
    {{ return(adapter.dispatch('json_member', 'dbt_llm')(json_expression=json_expression, name=name)) }}
{%- endmacro -%}

{%- macro default__json_member(json_expression, name) -%}
    {{ return(dbt_llm._refuse_adapter('json_member')) }}
{%- endmacro -%}

{%- macro json_members(json_expression, names, column) -%}
    {{ return(adapter.dispatch('json_members', 'dbt_llm')(json_expression=json_expression, names=names, column=column)) }}
{%- endmacro -%}

{%- macro default__json_members(json_expression, names, column) -%}
    {{ return(none) }}
{%- endmacro -%}

{%- macro json_facets(json_expression) -%}
    {{ return(adapter.dispatch('json_facets', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_facets(json_expression) -%}
    {{ return({}) }}
{%- endmacro -%}

{%- macro json_text(json_expression) -%}
    {{ return(adapter.dispatch('json_text', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_text(json_expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_text')) }}
{%- endmacro -%}

{%- macro json_number(json_expression) -%}
    {{ return(adapter.dispatch('json_number', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_number(json_expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_number')) }}
{%- endmacro -%}

{%- macro json_document(json_expression) -%}
    {{ return(adapter.dispatch('json_document', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_document(json_expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_document')) }}
{%- endmacro -%}

{%- macro json_array_length(json_expression) -%}
    {{ return(adapter.dispatch('json_array_length', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_array_length(json_expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_array_length')) }}
{%- endmacro -%}

{%- macro json_any_element(json_expression, element, condition) -%}
    {{ return(adapter.dispatch('json_any_element', 'dbt_llm')(json_expression=json_expression, element=element, condition=condition)) }}
{%- endmacro -%}

{%- macro default__json_any_element(json_expression, element, condition) -%}
    {{ return(dbt_llm._refuse_adapter('json_any_element')) }}
{%- endmacro -%}

{%- macro json_has_other_keys(json_expression, names) -%}
    {{ return(adapter.dispatch('json_has_other_keys', 'dbt_llm')(json_expression=json_expression, names=names)) }}
{%- endmacro -%}

{%- macro default__json_has_other_keys(json_expression, names) -%}
    {{ return(dbt_llm._refuse_adapter('json_has_other_keys')) }}
{%- endmacro -%}

{%- macro json_set_size(json_expression) -%}
    {{ return(adapter.dispatch('json_set_size', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_set_size(json_expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_set_size')) }}
{%- endmacro -%}

{%- macro json_common_size(json_expression, other) -%}
    {{ return(adapter.dispatch('json_common_size', 'dbt_llm')(json_expression=json_expression, other=other)) }}
{%- endmacro -%}

{%- macro default__json_common_size(json_expression, other) -%}
    {{ return(dbt_llm._refuse_adapter('json_common_size')) }}
{%- endmacro -%}

{%- macro json_of(expression) -%}
    {{ return(adapter.dispatch('json_of', 'dbt_llm')(expression=expression)) }}
{%- endmacro -%}

{%- macro default__json_of(expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_of')) }}
{%- endmacro -%}

{%- macro json_object_text(members) -%}
    {{ return(adapter.dispatch('json_object_text', 'dbt_llm')(members=members)) }}
{%- endmacro -%}

{%- macro default__json_object_text(members) -%}
    {{ return(dbt_llm._refuse_adapter('json_object_text')) }}
{%- endmacro -%}
