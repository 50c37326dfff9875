{#
    The node of the dbt model that is the task of that name, or, if wanted, the golden model; an error that names the near ones
    where there is none.
#}
{%- macro _find_task(macro_name, task, or_golden=false) -%}
    {%- set tasks = {} -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- set meta = node.config.meta or {} -%}
        {%- if meta.get('llm') or (or_golden and meta.get('llm_golden')) -%}
            {%- do tasks.update({node.name ~ ('.v' ~ node.version if node.version else ''): node}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if task not in tasks -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ': no such task. Expected the name of a dbt model with config.meta.llm, one of '
            ~ dbt_llm._quoted_list(tasks) ~ "; got '" ~ task ~ "'" ~ dbt_llm._did_you_mean(task, tasks)
        ) -%}
    {%- endif -%}
    {{ return(tasks[task]) }}
{%- endmacro -%}
