{# A value as a reader wants it: a share in per cent. #}
{%- macro _shown_value(value, is_share) -%}
    {{ return(
        'case when ' ~ is_share ~ ' then ' ~ dbt_llm.concat_text([dbt_llm.text_of('round(100 * ' ~ value ~ ', 1)'), "' %'"])
        ~ ' else ' ~ dbt_llm.text_of('round(' ~ value ~ ', 3)') ~ ' end'
    ) }}
{%- endmacro -%}
