{# A task's table is rewritten row by row as answers come: that needs a key, and a strategy that replaces. #}
{%- macro _materialization_faults() -%}
    {%- set faults = [] -%}
    {%- set materialized = config.get('materialized') -%}
    {%- if materialized not in ['incremental', 'table', 'view', 'unit'] -%}
        {%- do faults.append(
            "config.materialized: a task cannot be this. Expected 'incremental', 'table' or 'view'; got '" ~ materialized ~ "'"
        ) -%}
    {%- elif materialized == 'incremental' -%}
        {%- if not config.get('unique_key') -%}
            {%- do faults.append(
                "config.unique_key: missing. Expected the column or columns that identify a row of the input; got nothing. "
                ~ "Add unique_key to the model's config, or a pending row could never be replaced by its answer"
            ) -%}
        {%- endif -%}
        {%- set strategy = config.get('incremental_strategy') or 'merge' -%}
        {%- if strategy not in ['merge', 'delete+insert'] -%}
            {%- do faults.append(
                "config.incremental_strategy: would duplicate or lose rows. Expected 'merge' or 'delete+insert'; got '" ~ strategy ~ "'"
            ) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}
