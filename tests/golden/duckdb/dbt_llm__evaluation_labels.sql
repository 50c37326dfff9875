select
    cast(null as TEXT) as task,
    cast(null as TEXT) as golden,
    cast(null as TEXT) as candidate,
    cast(null as TEXT) as prompt_version,
    cast(null as TEXT) as model_name,
    cast(null as TEXT) as column_name,
    cast(null as TEXT) as label,
    cast(null as bigint) as support,
    cast(null as bigint) as true_positives,
    cast(null as bigint) as false_positives,
    cast(null as bigint) as false_negatives,
    cast(null as double) as label_precision,
    cast(null as double) as label_recall,
    cast(null as double) as label_f1,
    cast(null as TEXT) as invocation_id,
    cast(null as timestamp) as evaluated_at
from (select 1 as one) as nothing
where 1 = 0
