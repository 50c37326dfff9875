{# meta.llm.filter: what it says, checked and completed. #}

{# The filter of a task as its queries need it, or none: {'embedding', 'label', 'wanted', 'member', 'recall', 'confidence', 'audit', 'embedding_model'}. #}
{%- macro _filter_of(llm) -%}
    {%- if 'filter' not in llm -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set stated = llm.filter -%}
    {{ return({
        'embedding': stated.get('embedding', 'embedding'),
        'embedding_model': stated.get('embedding_model'),
        'label': stated.label,
        'wanted': dbt_llm._filter_values(stated.get('value', true)),
        'member': dbt_llm._response_schema(llm.response_format).properties[stated.label],
        'recall': stated.recall,
        'confidence': stated.get('confidence', 0.95),
        'audit': stated.get('audit', 0.02),
    }) }}
{%- endmacro -%}

{# The wanted values as texts, sorted: as a column's text shows them, and as the table of filters holds them. #}
{%- macro _filter_values(value) -%}
    {%- set texts = [] -%}
    {%- for one in ([value] if value is string or value is not sequence else value) -%}
        {%- do texts.append((one | string | lower) if one is boolean else (one | string)) -%}
    {%- endfor -%}
    {{ return(texts | sort(case_sensitive=true)) }}
{%- endmacro -%}

{# Has the dbt model that is being built a filter? #}
{%- macro _has_filter() -%}
    {{ return('filter' in (dbt_llm.task_config() or {})) }}
{%- endmacro -%}

{# What is wrong in meta.llm.filter. #}
{%- macro _filter_faults(llm) -%}
    {%- set where = 'meta.llm.filter' -%}
    {%- set stated = llm.filter -%}
    {%- if stated is not mapping -%}
        {{ return([where ~ ": not a mapping. Expected {label: has_pii, value: true, recall: 0.95}; got " ~ dbt_llm._got(stated)]) }}
    {%- endif -%}
    {%- set faults = dbt_llm._unknown_keys(where, stated, ['embedding', 'embedding_model', 'label', 'value', 'recall', 'confidence', 'audit']) -%}
    {%- for name in ['embedding', 'embedding_model'] if name in stated and (stated[name] is not string or not stated[name]) -%}
        {%- do faults.append(where ~ '.' ~ name ~ ': not a name. Expected a text; got ' ~ dbt_llm._got(stated[name])) -%}
    {%- endfor -%}
    {%- if stated.embedding is string and not dbt_llm._is_identifier(stated.embedding) -%}
        {%- do faults.append(where ~ ".embedding: not a column. Expected a plain name of a column of the input; got '" ~ stated.embedding ~ "'") -%}
    {%- endif -%}
    {%- for name in ['recall', 'confidence'] if name in stated or name == 'recall' -%}
        {%- set value = stated[name] -%}
        {%- if value is not number or value is boolean or value <= 0 or value >= 1 -%}
            {%- do faults.append(where ~ '.' ~ name ~ ': not a share below 1. Expected a number above 0 and below 1, such as 0.95; got ' ~ dbt_llm._got(value)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if 'audit' in stated and (stated.audit is not number or stated.audit is boolean or stated.audit <= 0 or stated.audit >= 1) -%}
        {%- do faults.append(where ~ '.audit: not a share above 0. Expected a number above 0 and below 1, such as 0.02, or nobody would see what '
            ~ 'the filter loses; got ' ~ dbt_llm._got(stated.audit)) -%}
    {%- endif -%}
    {%- set columns = dbt_llm._response_schema(llm.response_format).properties if llm.response_format is mapping and llm.response_format else {} -%}
    {%- if not columns -%}
        {# A Pydantic class in a Python model is not known to the query that sets rows aside; any other lack is told already. #}
        {%- if 'response_format' not in llm -%}
            {%- do faults.append(where ~ ': needs the response format in the YAML, where the query reads it. Expected meta.llm.response_format'
                ~ ' (`dbt-llm response-format` prints that of a Pydantic class); got none') -%}
        {%- endif -%}
    {%- elif stated.label is not string or stated.label not in columns -%}
        {%- do faults.append(where ~ '.label: no such response column. Expected one of ' ~ dbt_llm._quoted_list(columns) ~ '; got ' ~ dbt_llm._got(stated.label)
            ~ (dbt_llm._did_you_mean(stated.label, columns) if stated.label is string else '')) -%}
    {%- else -%}
        {%- set labels = dbt_llm._column_labels(columns[stated.label]) -%}
        {%- set values = dbt_llm._filter_values(stated.get('value', true)) -%}
        {%- if not labels -%}
            {%- do faults.append(where ~ ".label: has no labels to want. Expected a boolean, an enum of texts, or an array of such; got '" ~ stated.label ~ "'") -%}
        {%- elif not values or values | reject('in', labels) | list or values | length >= labels | length and columns[stated.label].type != 'array' -%}
            {%- do faults.append(where ~ '.value: not what a part of the rows would have. Expected some of, and not all of, '
                ~ dbt_llm._quoted_list(labels) ~ '; got ' ~ dbt_llm._quoted_list(values)) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{# Whether a row of the task's table has the wanted label, as a condition that is never NULL. #}
{%- macro _wanted_condition(filter) -%}
    {%- set column = dbt_llm.column_name(filter.label) -%}
    {%- if filter.member.type == 'array' -%}
        {%- set any = [] -%}
        {%- for value in filter.wanted -%}
            {%- set literal = value if filter.member['items'].type == 'boolean' else dbt_llm.string_literal(value) -%}
            {%- do any.append(dbt_llm.array_contains(column, literal)) -%}
        {%- endfor -%}
        {{ return('coalesce(' ~ (any | join(' or ')) ~ ', false)') }}
    {%- elif filter.member.type == 'boolean' -%}
        {{ return('coalesce(' ~ column ~ ' = ' ~ filter.wanted[0] ~ ', false)') }}
    {%- endif -%}
    {{ return('coalesce(' ~ column ~ ' in (' ~ dbt_llm._literal_list(filter.wanted) ~ '), false)') }}
{%- endmacro -%}

{# Whether a text has the wanted label, as golden rows and verdicts write it, of an array as JSON; a condition that is never NULL. #}
{%- macro _wanted_text_condition(expression, filter) -%}
    {%- set wanted = dbt_llm._literal_list(filter.wanted) -%}
    {%- if filter.member.type == 'array' -%}
        {%- set is_one = dbt_llm.json_text('element') ~ ' in (' ~ wanted ~ ')' -%}
        {{ return('coalesce(' ~ dbt_llm.json_any_element(dbt_llm.parse_json(expression), 'element', is_one) ~ ', false)') }}
    {%- endif -%}
    {%- set written = 'lower(' ~ expression ~ ')' if filter.member.type == 'boolean' else expression -%}
    {{ return('coalesce(' ~ written ~ ' in (' ~ wanted ~ '), false)') }}
{%- endmacro -%}
