{#
    The pre-hook of a golden model: answer what its asked candidates have pending, each as a task's resolve() would. What was
    answered for the task costs nothing here, and the other way round.
#}
{%- macro _resolve_golden() -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set golden = dbt_llm._golden_set() -%}
        {%- do dbt_llm._check_golden_set(golden) -%}
        {%- for candidate in golden.candidates if candidate.is_asked -%}
            {%- do dbt_llm._resolve_task(candidate.task, dbt_llm._candidate_steps(compiled_code, candidate)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
