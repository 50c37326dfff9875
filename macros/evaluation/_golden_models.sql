{# The golden models of a task; an error where it has none. #}
{%- macro _golden_models(macro_name, task) -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and (node.config.meta or {}).get('llm_golden')
        and node.config.meta.llm_golden.task == task -%}
        {%- do found.append(node) -%}
    {%- endfor -%}
    {%- if not found -%}
        {%- do dbt_llm._raise_faults(macro_name, task, [
            "no golden set. Expected a dbt model whose query is `{{ dbt_llm.golden(ref('…'), task='" ~ task
            ~ "') }}`; got none. Write one, and build it (docs/evaluation.md)"
        ]) -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro -%}
