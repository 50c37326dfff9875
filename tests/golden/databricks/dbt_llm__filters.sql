select
    cast(null as string) as filter_version,
    cast(null as string) as task,
    cast(null as string) as model_name,
    cast(null as string) as prompt_version,
    cast(null as string) as label_column,
    cast(null as string) as label_values,
    cast(null as string) as embedding_model,
    cast(null as bigint) as dimensions,
    cast(null as double) as intercept,
    cast(null as array<double>) as coefficients,
    cast(null as double) as threshold,
    cast(null as double) as stated_recall,
    cast(null as double) as stated_confidence,
    cast(null as double) as proven_recall,
    cast(null as bigint) as positives,
    cast(null as bigint) as positives_needed,
    cast(null as double) as passed_share,
    cast(null as bigint) as learned_rows,
    cast(null as bigint) as held_out_rows,
    cast(null as string) as message,
    cast(null as timestamp) as trained_at
from (select 1 as one) as nothing
where 1 = 0
