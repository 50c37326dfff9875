{# A plan for a reader, as lines. #}
{%- macro _plan_lines(task, relation, counts, estimate, places, choice) -%}
    {%- set lines = [
        'dbt_llm.plan: ' ~ task.name ~ ' over ' ~ relation ~ ', ' ~ task.model_name ~ '. Nothing is sent.', '',
    ] -%}
    {%- do lines.extend(dbt_llm._table_lines([
        ['rows', dbt_llm._grouped(counts.rows), ''],
        ['without a prompt', dbt_llm._grouped(counts.without_prompt), 'a NULL in it; skipped'],
        ['distinct requests', dbt_llm._grouped(counts.distinct), ''],
        ['settled already', dbt_llm._grouped(counts.distinct - counts.to_pay), 'answered, or failed for good'],
        ['to pay', dbt_llm._grouped(counts.to_pay), ''],
        ['input tokens', dbt_llm._grouped(estimate.input_tokens), (estimate.input_each | round(1)) ~ ' each, by ' ~ estimate.input_by],
        ['output tokens', dbt_llm._grouped(estimate.output_tokens), (estimate.output_each | round(1)) ~ ' each, by ' ~ estimate.output_by],
    ], right=[1])) -%}
    {%- if counts.to_pay > 0 -%}
        {%- set rows = [['', 'where', 'model', 'USD', 'time', 'by']] -%}
        {%- for place in places -%}
            {%- do rows.append([
                '>' if place.kind == choice.kind and (place.is_declared or place.kind in ['spark', 'ray', 'batch']) else '', place.where,
                place.model_name, dbt_llm._usd(place.usd), dbt_llm._span(place.seconds), place.by,
            ]) -%}
        {%- endfor -%}
        {%- do lines.append('') -%}
        {%- do lines.extend(dbt_llm._table_lines(rows, right=[3, 4])) -%}
    {%- endif -%}
    {%- do lines.append('') -%}
    {%- do lines.append('  Recommended: ' ~ choice.reason) -%}
    {%- for line in (dbt_llm._plan_caps(task, counts.to_pay, estimate) if counts.to_pay > 0 else []) -%}
        {%- do lines.append('  ' ~ line) -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro -%}
