{#
    Log what a test is about to find, for dbt itself tells only how many rows failed. Only where the test is run: its SQL
    compiles without a connection.
#}
{%- macro _say_disagreements(query, column) -%}
    {%- if flags.WHICH in ['test', 'build'] -%}
        {%- for row in run_query(query ~ '\norder by 1, 2').rows -%}
            {%- if row[0] | int == 0 -%}
                {%- do log('agrees_with_golden_set: ' ~ column ~ ': ' ~ row[1], info=true) -%}
            {%- else -%}
                {%- do log('    ' ~ row[2] ~ ': expected ' ~ row[3] ~ ', got ' ~ row[4] ~ (' (' ~ row[5] ~ ')' if row[5] else ''), info=true) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
