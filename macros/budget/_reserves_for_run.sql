{#
    How long an engine needs the budgets' room that its whole run may take: none, for a road that keeps the budgets
    itself; `run`, until its end; `next_run`, for one whose answers come later. An engine of Python models may say so.
#}
{%- macro _reserves_for_run() -%}
    {{ return(none) }}
{%- endmacro -%}
