{# A query of the batch jobs whose answers are still to come: those whose latest event says so. #}
{%- macro _open_batch_keys(batches) %}
        select latest.batch_key
        from {{ batches }} as latest
        inner join (
            select
                batch_key,
                max(sequence) as sequence
            from {{ batches }}
            group by batch_key
        ) as events
            on latest.batch_key = events.batch_key
            and latest.sequence = events.sequence
        where latest.is_open
    {% endmacro -%}
