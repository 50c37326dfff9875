{# The answers agree with a golden set. #}

{# It reads what `run` and `build` have answered, and never calls a language model. #}
{% test agrees_with_golden_set(
    model, column, min_accuracy, golden=none, min_f1=none, not_worse_than=none, significance=0.05, worst=10
) %}
    {%- set evaluation_rows = ref('dbt_llm', 'dbt_llm__evaluation_rows') -%}
    {%- if execute -%}
        {%- set rows = golden if golden is not none else model -%}
        {%- do dbt_llm._check_agreement(column, min_accuracy, min_f1, not_worse_than, significance, worst) -%}
        {%- set query = dbt_llm._agreement_query(
            rows=rows, column=column, min_accuracy=min_accuracy, min_f1=min_f1, not_worse_than=not_worse_than,
            significance=significance, worst=worst, golden_name=dbt_llm._golden_model_name(rows), evaluation_rows=evaluation_rows,
        ) -%}
        {%- do dbt_llm._log_disagreements(query, column) -%}
{{ query }}
    {%- endif -%}
{% endtest %}

{# The arguments of agrees_with_golden_set, as far as they can be checked without the table. #}
{%- macro _check_agreement(column, min_accuracy, min_f1, not_worse_than, significance, worst) -%}
    {%- set faults = [] -%}
    {%- set shares = {'min_accuracy': min_accuracy, 'significance': significance} -%}
    {%- if min_f1 is mapping -%}
        {%- for label, minimum in min_f1.items() -%}
            {%- do shares.update({'min_f1.' ~ label: minimum}) -%}
        {%- endfor -%}
    {%- elif min_f1 is not none -%}
        {%- do faults.append("min_f1: not a mapping. Expected a mapping of labels such as {email: 0.9}; got '" ~ min_f1 ~ "'") -%}
    {%- endif -%}
    {%- for name, value in shares.items() if value is not number or value is boolean or value < 0 or value > 1 -%}
        {%- do faults.append(name ~ ": not a share. Expected a number from 0 to 1; got '" ~ value ~ "'") -%}
    {%- endfor -%}
    {%- if not_worse_than is not none and (not_worse_than is not string or not_worse_than | length != 12) -%}
        {%- do faults.append("not_worse_than: not a prompt version. Expected the 12 hex digits of llm_prompt_version, in quotes; got '" ~ not_worse_than ~ "'") -%}
    {%- endif -%}
    {%- if worst is not integer or worst is boolean or worst < 0 -%}
        {%- do faults.append("worst: not a count. Expected how many wrong rows to show; got '" ~ worst ~ "'") -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('agrees_with_golden_set', column, faults) -%}
{%- endmacro -%}

{# The name of the golden model whose table this is; an error where it is another relation. #}
{%- macro _golden_model_name(relation) -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and (node.config.meta or {}).get('llm_golden')
        and node.alias | lower == relation.identifier | lower and node.schema | lower == relation.schema | lower -%}
        {%- do found.append(node.name) -%}
    {%- endfor -%}
    {%- if not found -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.agrees_with_golden_set: not a golden model. Expected a dbt model whose query is `dbt_llm.golden(…)`; got ' ~ relation
            ~ ". Where the test is a task's, name the golden model: golden: ref('…')."
        ) -%}
    {%- endif -%}
    {{ return(found[0]) }}
{%- endmacro -%}

{#
    Log what a test is about to find, for dbt itself tells only how many rows failed. Only where the test is run: its SQL
    compiles without a connection.
#}
{%- macro _log_disagreements(query, column) -%}
    {%- if flags.WHICH in ['test', 'build'] -%}
        {%- for row in run_query(query ~ '\norder by 1, 2').rows -%}
            {%- if row[0] | int == 0 -%}
                {%- do log('agrees_with_golden_set: ' ~ column ~ ': ' ~ row[1], info=true) -%}
            {%- else -%}
                {%- do log('    ' ~ row[2] ~ ': expected ' ~ row[3] ~ ', got ' ~ row[4] ~ (' (' ~ row[5] ~ ')' if row[5] else ''), info=true) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
