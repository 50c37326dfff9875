{# The ledger of batch jobs, which must have been built. `macro_name`: who asks. #}
{%- macro _batch_ledger(macro_name) -%}
    {%- set ledger = dbt_llm._package_relation('dbt_llm__batches') -%}
    {%- if load_relation(ledger) is none -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ": the package's tables are not built. Expected " ~ ledger
            ~ ' in this target; got none. Run `dbt run --select package:dbt_llm`.'
        ) -%}
    {%- endif -%}
    {{ return(ledger) }}
{%- endmacro -%}
