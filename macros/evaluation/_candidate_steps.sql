{# The steps of a candidate in the compiled SQL of a golden model, as _compiled_steps() gives a task's. #}
{%- macro _candidate_steps(sql, candidate) -%}
    {%- set markers = dbt_llm._markers() -%}
    {%- set own = sql.split(dbt_llm._golden_markers().candidate ~ candidate.name ~ ' */') -%}
    {%- if own | length != 2 -%}
        {%- do dbt_llm._raise_faults('golden', dbt_llm._task_name(), [
            "golden() is not the model's whole query. Expected nothing but `{{ dbt_llm.golden(…) }}` after the model's "
            ~ "config; got other SQL around it. Put further steps in a model of their own that refs this one"
        ]) -%}
    {%- endif -%}
    {%- set requests = own[1].split(markers.result)[0] | trim -%}
    {%- set input = own[1].split(markers.responses)[0] | trim -%}
    {{ return({'input': input[:-1], 'requests': requests[:-1]}) }}
{%- endmacro -%}
