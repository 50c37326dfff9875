{# Put the requests that failed in passing in the work table's place, numbered anew. Returns how many they are. #}
{%- macro _ask_again(again, work) -%}
    {%- do run_query('drop table if exists ' ~ work) -%}
    {%- do run_query(
        'create table ' ~ work ~ ' as\nselect row_number() over (order by request_key) as n, request_key, prompt, attempt\nfrom ' ~ again
    ) -%}
    {%- do run_query('drop table if exists ' ~ again) -%}
    {{ return(run_query('select count(*) from ' ~ work).rows[0][0] | int) }}
{%- endmacro -%}
