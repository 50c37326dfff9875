{# Put the requests that failed in passing in the work table's place, numbered anew. Returns how many they are. #}
{%- macro _ask_again(again, work) -%}
    {%- do run_query('drop table if exists ' ~ work) -%}
    {%- do run_query(dbt_llm.create_work_table(
        work=work, query='with llm_again as (\n    select * from ' ~ again ~ '\n),\n\n' ~ dbt_llm._numbered_requests('llm_again')
    )) -%}
    {%- do run_query('drop table if exists ' ~ again) -%}
    {{ return(run_query('select count(*) from ' ~ work).rows[0][0] | int) }}
{%- endmacro -%}
