{#
    Writes the `message` of each failing row to the log: dbt itself only counts them. Nothing where no test runs, so that
    `compile` and `docs generate` ask the database nothing.
#}
{%- macro _say_failures(test_name, failures) -%}
    {%- if flags.WHICH in ['test', 'build'] -%}
        {%- for row in run_query('select message from (\n' ~ failures ~ '\n) as failures order by message limit 20').rows -%}
            {%- do log('dbt_llm.' ~ test_name ~ ': ' ~ row[0], info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
