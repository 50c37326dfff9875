{#
    The table of a golden model, given the responses that there are: one row for each golden row, candidate and evaluated
    column. Each candidate's part is a task's query with another last select, so that it asks what the task would ask.
#}
{%- macro _golden_query(relation, responses, sample, verdicts, golden) -%}
    {%- set parts = [] -%}
    {%- for candidate in golden.candidates -%}
        {%- do parts.append(
            dbt_llm._golden_markers().candidate ~ candidate.name ~ ' */\n' ~ dbt_llm._candidate_query(
                relation=relation, responses=responses, sample=sample, verdicts=verdicts, golden=golden, candidate=candidate
            )
        ) -%}
    {%- endfor -%}
    {%- if parts | length == 1 -%}
        {{ return(parts[0]) }}
    {%- endif -%}
    {%- set selects = [] -%}
    {%- for part in parts -%}
        {%- do selects.append('select\n    ' ~ (dbt_llm._golden_columns() | join(',\n    ')) ~ '\nfrom (\n' ~ part ~ '\n) as candidate_' ~ loop.index) -%}
    {%- endfor -%}
    {{ return(selects | join('\n\nunion all\n\n')) }}
{%- endmacro -%}
