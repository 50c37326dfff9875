{# ` Did you mean 'x'?`, or nothing where no candidate is near: at most a third of the letters differ. #}
{%- macro _did_you_mean(name, candidates) -%}
    {%- set near = [] -%}
    {%- for candidate in candidates -%}
        {%- set allowed = [((name | length) + 2) // 3, 1] | max -%}
        {%- set distance = dbt_llm._edit_distance(name | string | lower, candidate | string | lower) -%}
        {%- if distance <= allowed -%}
            {%- do near.append(candidate) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return('. Did you mean ' ~ (dbt_llm._quoted_list(near) | replace(', ', ' or ')) ~ '?' if near else '') }}
{%- endmacro -%}
