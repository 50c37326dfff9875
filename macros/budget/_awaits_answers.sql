{# Is something of a task paid for and not answered yet? Never with a SQL function; the batch engine says so of its open jobs. #}
{%- macro _awaits_answers(task) -%}
    {{ return(false) }}
{%- endmacro -%}
