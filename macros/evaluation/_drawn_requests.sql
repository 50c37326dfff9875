{#
    A query: the final requests of a task's table that its rates draw and that the sample does not hold yet in that status, each
    once, with the columns that the prompt names.
#}
{%- macro _drawn_requests(relation, sample, task, prompt, rates, key) -%}
    {%- set reasons = {'all': dbt_llm._is_drawn('llm_request_key', rates.all)} -%}
    {%- if rates.quarantined > rates.all -%}
        {%- do reasons.update({'quarantined': "llm_status = 'quarantined' and " ~ dbt_llm._is_drawn('llm_request_key', rates.quarantined)}) -%}
    {%- endif -%}
    {%- if rates.low_confidence > rates.all -%}
        {%- do reasons.update({'low_confidence':
            dbt_llm.column_name(rates.column) ~ ' < ' ~ rates.below ~ ' and ' ~ dbt_llm._is_drawn('llm_request_key', rates.low_confidence)
        }) -%}
    {%- endif -%}
    {%- set members = {} -%}
    {%- for name in dbt_llm._template_columns(prompt) -%}
        {%- do members.update({name | lower: dbt_llm.text_of(dbt_llm.column_name(name))}) -%}
    {%- endfor -%}
    {%- set key_texts = [] -%}
    {%- for column in key -%}
        {%- do key_texts.append(dbt_llm.text_of(column)) -%}
        {%- if not loop.last -%}
            {%- do key_texts.append(dbt_llm.string_literal('|')) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set row_key = dbt_llm.concat_text(key_texts) if key_texts else 'cast(null as ' ~ dbt_llm.column_type({'type': 'string'}) ~ ')' -%}
select *
from (
    select
        llm_request_key as request_key,
        llm_prompt_version as prompt_version,
        llm_status as status,
        llm_reason as reason,
        case
            {%- for reason, condition in reasons.items() %}
            when {{ condition }} then {{ dbt_llm.string_literal(reason) }}
            {%- endfor %}
        end as drawn_for,
        {{ row_key }} as row_key,
        {{ dbt_llm.json_object_text(members) }} as input,
        count(*) over (partition by llm_request_key) as input_rows,
        row_number() over (partition by llm_request_key order by {{ key | join(', ') if key else 'llm_request_key' }}) as nth
    from {{ relation }}
    where llm_status in ('succeeded', 'quarantined')
        and (
            {%- for condition in reasons.values() %}
            {{ 'or ' if not loop.first }}({{ condition }})
            {%- endfor %}
        )
) as drawn
where nth = 1
    and not exists (
        select 1
        from {{ sample }} as kept
        where kept.task = {{ dbt_llm.string_literal(task) }}
            and kept.request_key = drawn.request_key
            and kept.status = drawn.status
    )
{%- endmacro -%}
