{# A golden model asks by the adapter's own entry of the endpoint; of a Python task it must be the same language model. #}
{%- macro _engine_model_faults(llm) -%}
    {%- set faults = [] -%}
    {%- if 'engine' in llm -%}
        {%- set asked = dbt_llm._endpoint(llm.endpoint).endpoint.get('model_name') -%}
        {%- for place, entry in dbt_llm._endpoint_entries(llm.endpoint).entries.items() if llm.engine in [place, 'auto'] and entry.model_name != asked -%}
            {%- do faults.append(
                'var dbt_llm_endpoints.' ~ llm.endpoint ~ ': the task asks another language model than its golden set would. Expected model_name '
                ~ dbt_llm._got(entry.model_name) ~ ", that of '" ~ place ~ "', for '" ~ dbt_llm.adapter_name() ~ "' too; got " ~ dbt_llm._got(asked)
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}
