select
    cast(null as TEXT) as filter_version,
    cast(null as TEXT) as task,
    cast(null as TEXT) as model_name,
    cast(null as TEXT) as prompt_version,
    cast(null as TEXT) as label_column,
    cast(null as TEXT) as label_values,
    cast(null as TEXT) as embedding_model,
    cast(null as bigint) as dimensions,
    cast(null as float) as intercept,
    cast(null as array) as coefficients,
    cast(null as float) as threshold,
    cast(null as float) as stated_recall,
    cast(null as float) as stated_confidence,
    cast(null as float) as proven_recall,
    cast(null as bigint) as positives,
    cast(null as bigint) as positives_needed,
    cast(null as float) as passed_share,
    cast(null as bigint) as learned_rows,
    cast(null as bigint) as held_out_rows,
    cast(null as TEXT) as message,
    cast(null as timestamp) as trained_at
from (select 1 as one) as nothing
where 1 = 0
