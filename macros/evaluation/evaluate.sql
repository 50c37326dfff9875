{# Show a task's candidates side by side on its golden sets, from the answers that there are. #}

{# It calls no language model: it says which command gets the answers that are missing. #}
{%- macro evaluate(task, candidates=none) -%}
    {%- if execute -%}
        {%- set node = dbt_llm._find_task('evaluate', task) -%}
        {%- set shown = dbt_llm._shown_candidates(task, node.config.meta.llm, candidates) -%}
        {%- for golden in dbt_llm._golden_models('evaluate', task) -%}
            {%- set relation = load_relation(api.Relation.create(database=golden.database, schema=golden.schema, identifier=golden.alias)) -%}
            {%- set scores = dbt_llm._shown_scores(relation, node.config.meta.llm, shown) if relation is not none else [] -%}
            {%- for line in dbt_llm._comparison_lines(task, golden.name, shown, scores) -%}
                {%- do log(line, info=true) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

{# The golden models of a task; an error where it has none. #}
{%- macro _golden_models(macro_name, task) -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and (node.config.meta or {}).get('llm_golden')
        and node.config.meta.llm_golden.task == task -%}
        {%- do found.append(node) -%}
    {%- endfor -%}
    {%- if not found -%}
        {%- do dbt_llm._raise_faults(macro_name, task, [
            "no golden set. Expected a dbt model whose query is `{{ dbt_llm.golden(ref('…'), task='" ~ task
            ~ "') }}`; got none. Write one, and build it (docs/evaluation.md)"
        ]) -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro -%}

{# The candidates that an operation shows: the task as it stands, and those asked for, or all. #}
{%- macro _shown_candidates(task, llm, candidates) -%}
    {%- set declared = (llm.candidates or {}).keys() | list -%}
    {%- set wanted = declared if candidates is none else ([candidates] if candidates is string else candidates) -%}
    {%- do dbt_llm._raise_faults('evaluate', task, dbt_llm._unknown_candidates('candidates', wanted, declared)) -%}
    {{ return(['current'] + wanted) }}
{%- endmacro -%}

{# The scores of a golden model's table, a mapping for each column and candidate: with the paired test against the task as it stands. #}
{%- macro _shown_scores(relation, llm, shown) -%}
    {%- set faults = [] -%}
    {%- set columns = dbt_llm._evaluated_columns(dbt_llm._response_schema(dbt_llm._response_format_of(llm)), none, faults) -%}
    {%- set responses = dbt_llm._package_relation('dbt_llm__responses') -%}
    {%- set found = run_query(dbt_llm._comparison_query(
        rows=relation, responses=responses, array_labels=dbt_llm._array_labels(columns), shown=shown
    )) -%}
    {%- set scores = [] -%}
    {%- for row in found.rows -%}
        {%- set score = {
            'candidate': row[0], 'prompt_version': row[1], 'model_name': row[2], 'column': row[3], 'kind': row[4], 'n': row[5] | int,
            'accuracy': row[6], 'low': row[7], 'high': row[8], 'macro_f1': row[9], 'micro_f1': row[10], 'error': row[11],
            'unanswered': row[12] | int, 'unusable': row[13] | int, 'cost': row[14], 'p': none, 'won': none, 'lost': none,
        } -%}
        {%- if score.candidate != 'current' and score.n > 0 -%}
            {%- set paired = run_query(dbt_llm._candidate_pairs_query(rows=relation, candidate=score.candidate, column=score.column)).rows[0] -%}
            {%- do score.update({'lost': paired[0] | int, 'won': paired[1] | int, 'p': paired[2]}) -%}
        {%- endif -%}
        {%- do scores.append(score) -%}
    {%- endfor -%}
    {{ return(scores) }}
{%- endmacro -%}

{#
    A query: the scores of the shown candidates, and what 1,000 golden rows would cost by each at the price of those that were
    answered; NULL where no answer tells its cost.
#}
{%- macro _comparison_query(rows, responses, array_labels, shown) -%}
with

scores as (
{{ dbt_llm._scores(rows=rows, array_labels=array_labels) }}
),

paid as (
    select
        request_key,
        sum(cost_usd) as cost_usd
    from {{ responses }}
    group by request_key
),

asked as (
    select distinct
        candidate,
        golden_key,
        llm_request_key
    from {{ rows }}
    where llm_status != 'unusable'
),

costs as (
    select
        asked.candidate,
        1000 * avg(paid.cost_usd) as usd_per_1000_rows
    from asked
    inner join paid
        on asked.llm_request_key = paid.request_key
    group by asked.candidate
)

select
    scores.candidate,
    scores.llm_prompt_version,
    scores.model_name,
    scores.column_name,
    scores.kind,
    scores.n,
    scores.accuracy,
    scores.accuracy_low,
    scores.accuracy_high,
    scores.macro_f1,
    scores.micro_f1,
    scores.mean_absolute_error,
    scores.unanswered,
    scores.unusable_verdicts,
    costs.usd_per_1000_rows
from scores
left join costs
    on scores.candidate = costs.candidate
where scores.candidate in ({{ dbt_llm._literal_list(shown) }})
order by scores.column_name, case when scores.candidate = 'current' then 0 else 1 end, scores.candidate
{%- endmacro -%}

{# A query: the golden rows that a candidate lost and won against the task as it stands, and McNemar's two-sided mid-p. #}
{%- macro _candidate_pairs_query(rows, candidate, column) -%}
with

pairs as (
    select
        then_rows.golden_key,
        case when now_rows.is_correct then 1 else 0 end as right_now,
        case when then_rows.is_correct then 1 else 0 end as right_then
    from {{ rows }} as then_rows
    inner join {{ rows }} as now_rows
        on then_rows.golden_key = now_rows.golden_key
            and then_rows.golden_source = now_rows.golden_source
            and then_rows.column_name = now_rows.column_name
    where then_rows.candidate = 'current'
        and now_rows.candidate = {{ dbt_llm.string_literal(candidate) }}
        and then_rows.column_name = {{ dbt_llm.string_literal(column) }}
        and then_rows.llm_status not in ('pending', 'unusable')
        and now_rows.llm_status not in ('pending', 'unusable')
),

{{ dbt_llm._mcnemar_ctes() }}

select
    worse,
    better,
    2 * least(p_worse, 1 - p_worse) as p_differs
from paired
{%- endmacro -%}

{# What `evaluate` prints of one golden model: a table with a line for each column and candidate, then what is missing. #}
{%- macro _comparison_lines(task, golden_name, shown, scores) -%}
    {%- set widths = [14, 14, 14, 7, 24, 9, 9, 9, 9, 9, 10] -%}
    {%- set lines = ['dbt_llm.evaluate: ' ~ task ~ ' on ' ~ golden_name ~ ', 95 % intervals; won, lost and p against current, by McNemar\'s mid-p'] -%}
    {%- do lines.append(dbt_llm._padded_line(
        ['column', 'candidate', 'version', 'rows', 'accuracy', 'macro F1', 'micro F1', 'MAE', 'won', 'lost', 'p', 'USD/1,000'], widths
    )) -%}
    {%- set missing = {} -%}
    {%- set unusable = {} -%}
    {%- set seen = [] -%}
    {%- for score in scores -%}
        {%- do seen.append(score.candidate) -%}
        {%- if score.unanswered > 0 -%}
            {%- do missing.update({score.candidate: [missing.get(score.candidate, 0), score.unanswered] | max}) -%}
        {%- endif -%}
        {%- if score.unusable > 0 -%}
            {%- do unusable.update({score.candidate: unusable.get(score.candidate, 0) + score.unusable}) -%}
        {%- endif -%}
        {%- if score.kind is not none -%}
            {%- set accuracy = 'no answers' if score.n == 0 else dbt_llm._format_decimal(score.accuracy, 3) ~ ' [' ~ dbt_llm._format_decimal(score.low, 3)
                ~ ', ' ~ dbt_llm._format_decimal(score.high, 3) ~ ']' -%}
            {%- do lines.append(dbt_llm._padded_line([
                score.column, score.candidate, score.prompt_version, score.n, accuracy, dbt_llm._format_decimal(score.macro_f1, 3),
                dbt_llm._format_decimal(score.micro_f1, 3), dbt_llm._format_decimal(score.error, 3), '-' if score.won is none else score.won,
                '-' if score.lost is none else score.lost, '<0.001' if score.p is not none and score.p < 0.001 else dbt_llm._format_decimal(score.p, 3), dbt_llm._format_decimal(score.cost, 4),
            ], widths)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in shown -%}
        {%- set asked = '' if name == 'current' else " --vars '{dbt_llm_evaluate: [" ~ name ~ "]}'" -%}
        {%- if name in missing or name not in seen -%}
            {%- do lines.append(
                name ~ ': ' ~ (missing[name] ~ ' golden rows have no answer' if name in missing else 'never evaluated')
                ~ '; `dbt build --select ' ~ golden_name ~ asked ~ '` asks them, and pays for those that the cache lacks'
            ) -%}
        {%- endif -%}
        {%- if name in unusable -%}
            {%- do lines.append(
                name ~ ': ' ~ unusable[name] ~ " verdicts cannot count; the rows of " ~ golden_name ~ " with llm_status 'unusable' say why"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(lines) }}
{%- endmacro -%}

{# Texts as one line of a table; the last is not filled up. #}
{%- macro _padded_line(texts, widths) -%}
    {%- set cells = [] -%}
    {%- for text in texts -%}
        {%- do cells.append(dbt_llm._padded(text, widths[loop.index0] if loop.index0 < widths | length else 0)) -%}
    {%- endfor -%}
    {{ return(cells | join(' ')) }}
{%- endmacro -%}

{# A number with so many decimals, or a dash. #}
{%- macro _format_decimal(number, decimals) -%}
    {{ return('-' if number is none else (number | float | round(decimals) | string)) }}
{%- endmacro -%}
