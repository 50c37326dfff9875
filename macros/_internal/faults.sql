{# Faults of a configuration, in sentences, all raised at once. #}

{# All faults of a configuration in one error, so that a user mends them in one go. #}
{%- macro _raise_faults(macro_name, subject, faults) -%}
    {%- if faults -%}
        {%- set lines = [] -%}
        {%- for fault in faults -%}
            {%- do lines.append('  ' ~ loop.index ~ '. ' ~ fault ~ ('' if fault[-1:] in '.?' else '.')) -%}
        {%- endfor -%}
        {%- set count = faults | length -%}
        {%- set message = 'dbt_llm.' ~ macro_name ~ ": '" ~ subject ~ "' has "
            ~ (count ~ (' fault' if count == 1 else ' faults')) ~ '.\n' ~ (lines | join('\n')) -%}
        {# Of an error in a batch dbt shows no more than that there was one. #}
        {%- if model is defined and model.batch -%}
            {%- do log(message, info=true) -%}
        {%- endif -%}
        {%- do exceptions.raise_compiler_error(message) -%}
    {%- endif -%}
{%- endmacro -%}

{# One fault for each key of `mapping` that is not in `known`. #}
{%- macro _unknown_keys(where, mapping, known) -%}
    {%- set faults = [] -%}
    {%- for key in mapping -%}
        {%- if key not in known -%}
            {%- do faults.append(
                where ~ ": unknown key '" ~ key ~ "'. Expected one of " ~ dbt_llm._quoted_list(known) ~ "; got '"
                ~ key ~ "'" ~ dbt_llm._did_you_mean(key, known)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

{# `'x'` or `nothing`, for an error sentence. #}
{%- macro _got(value) -%}
    {{ return('nothing' if value is undefined or value is none or value == '' else "'" ~ value ~ "'") }}
{%- endmacro -%}

{# `'a', 'b'` for an error sentence. #}
{%- macro _quoted_list(names) -%}
    {%- set quoted = [] -%}
    {%- for name in names -%}
        {%- do quoted.append("'" ~ name ~ "'") -%}
    {%- endfor -%}
    {{ return((quoted | join(', ')) if quoted else 'none') }}
{%- endmacro -%}

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

{# Levenshtein's distance. Jinja has no library for it, and it runs only to word an error. #}
{%- macro _edit_distance(first, second) -%}
    {%- set ns = namespace(row=range((second | length) + 1) | list) -%}
    {%- for a in first -%}
        {%- set next_row = [loop.index] -%}
        {%- for b in second -%}
            {%- set at = loop.index0 -%}
            {%- set cost = 0 if a == b else 1 -%}
            {%- do next_row.append([ns.row[at + 1] + 1, next_row[at] + 1, ns.row[at] + cost] | min) -%}
        {%- endfor -%}
        {%- set ns.row = next_row -%}
    {%- endfor -%}
    {{ return(ns.row | last) }}
{%- endmacro -%}

{# A warning as dbt shows its own, which --warn-error makes an error. #}
{%- macro _warn(message) -%}
    {%- do exceptions.warn('[' ~ ('\u001b[33mWARNING\u001b[0m' if flags is defined and flags.USE_COLORS else 'WARNING') ~ ']: ' ~ message) -%}
{%- endmacro -%}
