select
    cast(null as string) as task,
    cast(null as string) as golden,
    cast(null as string) as candidate,
    cast(null as string) as prompt_version,
    cast(null as string) as model_name,
    cast(null as string) as column_name,
    cast(null as string) as label,
    cast(null as bigint) as support,
    cast(null as bigint) as true_positives,
    cast(null as bigint) as false_positives,
    cast(null as bigint) as false_negatives,
    cast(null as float64) as label_precision,
    cast(null as float64) as label_recall,
    cast(null as float64) as label_f1,
    cast(null as string) as invocation_id,
    cast(null as timestamp) as evaluated_at
from (select 1 as one) as nothing
where 1 = 0
