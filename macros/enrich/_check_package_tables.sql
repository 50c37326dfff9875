{# The tables that a task's hooks write are there, and answers are read from where they are written. #}
{%- macro _check_package_tables(subject, tables) -%}
    {%- for name in tables -%}
        {%- set relation = dbt_llm._package_relation(name) -%}
        {%- if load_relation(relation) is none -%}
            {%- do dbt_llm._raise_faults('enrich', subject, [
                "the package's table " ~ relation ~ " is not there. Expected it to have been built before this model; "
                ~ "got none. Run `dbt run --select package:dbt_llm`, or select `+" ~ subject ~ "`"
            ]) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set read = ref('dbt_llm', 'dbt_llm__responses') -%}
    {%- set written = dbt_llm._package_relation('dbt_llm__responses') -%}
    {%- if (read.schema, read.identifier) | map('lower') | list != (written.schema, written.identifier) | map('lower') | list -%}
        {%- do dbt_llm._raise_faults('enrich', subject, [
            'answers would be read from ' ~ read ~ ' and written to ' ~ written ~ ', and so never be seen. Expected one table; got a '
            ~ "deferred one. Run without --favor-state, and name the other table in the var dbt_llm_response_sources"
        ]) -%}
    {%- endif -%}
{%- endmacro -%}
