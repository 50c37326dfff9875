{# What `evaluate` prints of one golden model: a table with a line for each column and candidate, then what is missing. #}
{%- macro _comparison_lines(task, golden_name, shown, scores) -%}
    {%- set widths = [14, 14, 14, 7, 24, 9, 9, 9, 9, 9, 10] -%}
    {%- set lines = ['dbt_llm.evaluate: ' ~ task ~ ' on ' ~ golden_name ~ ', 95 % intervals; won, lost and p against current, by McNemar\'s mid-p'] -%}
    {%- do lines.append(dbt_llm._padded(
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
            {%- set accuracy = 'no answers' if score.n == 0 else dbt_llm._rounded(score.accuracy, 3) ~ ' [' ~ dbt_llm._rounded(score.low, 3)
                ~ ', ' ~ dbt_llm._rounded(score.high, 3) ~ ']' -%}
            {%- do lines.append(dbt_llm._padded([
                score.column, score.candidate, score.prompt_version, score.n, accuracy, dbt_llm._rounded(score.macro_f1, 3),
                dbt_llm._rounded(score.micro_f1, 3), dbt_llm._rounded(score.error, 3), '-' if score.won is none else score.won,
                '-' if score.lost is none else score.lost, '<0.001' if score.p is not none and score.p < 0.001 else dbt_llm._rounded(score.p, 3), dbt_llm._rounded(score.cost, 4),
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
