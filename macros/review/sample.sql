{# The sample of a task's answers that people review. #}

{# A query of what this task's rate draws of the answers that are not in dbt_llm__review_sample; none where it draws nothing. #}
{%- macro _drawn_for_review() -%}
    {%- set llm = dbt_llm.task_config() -%}
    {# Nobody reads a vector. #}
    {%- if llm.kind == 'embedding' -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set rates = dbt_llm._review_rates(llm.review_rate) -%}
    {%- if [rates.all, rates.quarantined, rates.low_confidence] | max == 0 -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(dbt_llm._drawn_requests(
        relation=this, sample=dbt_llm._package_relation('dbt_llm__review_sample'), task=dbt_llm._task_name(), prompt=llm.prompt,
        rates=rates, key=dbt_llm._unique_key_columns()
    )) }}
{%- endmacro -%}

{# A post-hook of a task, in SQL or Python: add to dbt_llm__review_sample what `drawn` finds. #}
{%- macro _record_review_sample(drawn) -%}
    {%- set sample = dbt_llm._package_relation('dbt_llm__review_sample') -%}
    {%- set sampled -%}
with

drawn_requests as (
{{ drawn }}
),

responses as (
    {{ dbt_llm._latest_responses(
        dbt_llm._package_relation('dbt_llm__responses'), where='request_key in (select request_key from drawn_requests)'
    ) }}
)

select
    {{ dbt_llm.string_literal(dbt_llm._task_name()) }} as task,
    drawn_requests.request_key,
    drawn_requests.row_key,
    drawn_requests.prompt_version,
    responses.model_name,
    drawn_requests.status,
    drawn_requests.reason,
    drawn_requests.drawn_for,
    drawn_requests.input,
    responses.completion as output,
    drawn_requests.input_rows,
    responses.responded_at,
    {{ dbt_llm.string_literal(invocation_id) }} as invocation_id,
    {{ dbt_llm.current_utc() }} as sampled_at
from drawn_requests
left join responses
    on drawn_requests.request_key = responses.request_key
    {%- endset -%}
    {%- do dbt_llm._append_apart(sample, [
        'task', 'request_key', 'row_key', 'prompt_version', 'model_name', 'status', 'reason', 'drawn_for', 'input', 'output',
        'input_rows', 'responded_at', 'invocation_id', 'sampled_at',
    ], sampled, suffix='drawn') -%}
{%- endmacro -%}

{#
    What share of a task's requests people look at, from meta.llm.review_rate: {'all', 'quarantined', 'low_confidence': rate,
    'column', 'below'}.
#}
{%- macro _review_rates(review_rate) -%}
    {%- set usual = var('dbt_llm_review_rate', 0.01) -%}
    {%- set stated = review_rate if review_rate is mapping else {'all': review_rate if review_rate is number else usual} -%}
    {%- set low = stated.get('low_confidence') or {} -%}
    {{ return({
        'all': stated.get('all', usual),
        'quarantined': stated.get('quarantined', 0),
        'low_confidence': low.get('rate', 0),
        'column': low.get('column'),
        'below': low.get('below'),
    }) }}
{%- endmacro -%}

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
    {%- set row_key = dbt_llm._row_key(key) if key else 'cast(null as ' ~ dbt_llm.column_type({'type': 'string'}) ~ ')' -%}
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

{#
    Is this request key among this share of all? A sha256 is even, so its first eight hex digits are below the rate's own eight
    with that probability, in every engine and every run; and as texts, which an index or a block's bounds can use.
#}
{%- macro _is_drawn(request_key, rate) -%}
    {%- if rate >= 1 -%}
        {{ return('true') }}
    {%- endif -%}
    {%- set digits = '0123456789abcdef' -%}
    {%- set ns = namespace(left=(rate * 4294967296) | round | int, text='') -%}
    {%- for _ in range(8) -%}
        {%- set ns.text = digits[ns.left % 16] ~ ns.text -%}
        {%- set ns.left = ns.left // 16 -%}
    {%- endfor -%}
    {{ return(request_key ~ ' < ' ~ dbt_llm.string_literal(ns.text)) }}
{%- endmacro -%}

{# What is wrong in meta.llm.review_rate. #}
{%- macro _review_rate_faults(review_rate, response_format) -%}
    {%- set where = 'meta.llm.review_rate' -%}
    {%- set faults = [] -%}
    {%- set rates = {} if review_rate is mapping else {where: review_rate} -%}
    {%- if review_rate is mapping -%}
        {%- do faults.extend(dbt_llm._unknown_keys(where, review_rate, ['all', 'quarantined', 'low_confidence'])) -%}
        {%- for name in ['all', 'quarantined'] if name in review_rate -%}
            {%- do rates.update({where ~ '.' ~ name: review_rate[name]}) -%}
        {%- endfor -%}
        {%- set low = review_rate.get('low_confidence') -%}
        {%- if 'low_confidence' in review_rate and low is not mapping -%}
            {%- do faults.append(where ~ ".low_confidence: not a mapping. Expected {column: confidence, below: 0.7, rate: 0.1}; got '" ~ low ~ "'") -%}
        {%- elif low is mapping -%}
            {%- do faults.extend(dbt_llm._unknown_keys(where ~ '.low_confidence', low, ['column', 'below', 'rate'])) -%}
            {%- do rates.update({where ~ '.low_confidence.rate': low.rate}) -%}
            {%- if low.below is not number or low.below is boolean -%}
                {%- do faults.append(where ~ '.low_confidence.below: not a number. Expected a number; got ' ~ dbt_llm._got(low.below)) -%}
            {%- endif -%}
            {%- set columns = dbt_llm._response_schema(response_format).properties if response_format is mapping else {} -%}
            {%- if low.column not in columns or columns[low.column].type not in ['number', 'integer'] -%}
                {%- do faults.append(where ~ '.low_confidence.column: no response column of numbers. Expected one of '
                    ~ dbt_llm._quoted_list(columns) ~ ' that is one; got ' ~ dbt_llm._got(low.column)) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
    {%- for name, rate in rates.items() if rate is not number or rate is boolean or rate < 0 or rate > 1 -%}
        {%- do faults.append(name ~ ': not a share. Expected a number from 0 to 1, such as 0.01; got ' ~ dbt_llm._got(rate)) -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}
