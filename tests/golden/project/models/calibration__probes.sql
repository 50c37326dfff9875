{#- The probes of the open questions, as one statement; a run sends each by itself, as a script that catches its error. -#}
{%- if execute -%}
{%- set task = dbt_llm._inline_task('calibrate', endpoint='fast', response_format=none, model_parameters=none) -%}
{%- for probe in dbt_llm.calibration_probes(task) if probe.query is defined -%}
{{ '\nunion all\n\n' if not loop.first }}select
    '{{ probe.name }}' as probe,
    result
from (
{{ probe.query }}
) as {{ probe.name }}
{% endfor -%}
{%- endif %}
