{# A query of the batch jobs whose answers are still to come: those whose latest event says so. #}
{%- macro _open_batch_keys(batches) -%}
    {{ return(
        'select latest.batch_key\n    from ' ~ batches ~ ' as latest\n    inner join (\n        select\n            batch_key,\n'
        ~ '            max(sequence) as sequence\n        from ' ~ batches ~ '\n        group by batch_key\n    ) as events\n'
        ~ '        on latest.batch_key = events.batch_key\n        and latest.sequence = events.sequence\n    where latest.is_open'
    ) }}
{%- endmacro -%}
