{# Each chunk reads its numbers only; unclustered, it would be billed for the whole table. #}
{%- macro bigquery__create_work_table(work, query) -%}
    {{ return('create table ' ~ work ~ '\ncluster by n as\n' ~ query) }}
{%- endmacro -%}
