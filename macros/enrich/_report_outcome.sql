{# A fatal answer is an error; what was left out is a warning with the counts; all else was said by the progress lines. #}
{%- macro _report_outcome(task, outcome) -%}
    {%- if outcome.stopped in ['fatal', 'failed'] -%}
        {%- do exceptions.raise_compiler_error(outcome.message) -%}
    {%- elif outcome.left > 0 -%}
        {%- do exceptions.warn(
            'dbt_llm.enrich: ' ~ task.name ~ ': ' ~ outcome.left ~ ' requests stay pending ('
            ~ (outcome.stopped or 'to be tried again') ~ '), ' ~ outcome.succeeded ~ ' were answered and '
            ~ outcome.failed ~ ' failed. The next run goes on from here.'
        ) -%}
    {%- endif -%}
{%- endmacro -%}
