"""NULL timestamps, which fakesnow hands out as 1970."""

import fakesnow.arrow
import pyarrow
import pyarrow.compute


def install():
    """Wrap fakesnow's conversion, which loses what is NULL."""
    own = fakesnow.arrow.timestamp_to_sf_struct

    def convert(column):
        if isinstance(column, pyarrow.ChunkedArray):
            column = column.combine_chunks()
        if not column.null_count:
            return own(column)
        missing = pyarrow.compute.is_null(column)
        epoch = pyarrow.scalar(0, pyarrow.int64()).cast(column.type)
        converted = own(pyarrow.compute.if_else(missing, epoch, column))
        fields = [converted.type.field(i) for i in range(converted.type.num_fields)]
        parts = [converted.field(i) for i in range(converted.type.num_fields)]
        return pyarrow.StructArray.from_arrays(parts, fields=fields, mask=missing)

    fakesnow.arrow.timestamp_to_sf_struct = convert
