"""A table of passages as Apache Parquet, for pandas, Polars, R and DuckDB: columns that have their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

from annotator.core.codebook import Codebook
from annotator.core.errors import AnnotatorError
from annotator.core.exchange import Item, Losses, Stamp
from annotator.formats._format import Format
from annotator.formats._passage_rows import columns, rows

#: Passages that are kept in memory and written as one group of rows.
_GROUP = 5_000
#: The columns that are numbers; all others are texts.
_NUMBERS = ("start", "end")


def write(items: Iterable[Item], stream: IO[bytes], stamp: Stamp, losses: Losses) -> Iterator[None]:
    """The table, a group of rows after the other; its metadata say when it was written, and by what."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise AnnotatorError("To write Parquet, install the extra: pip install 'annotator[parquet]'") from None
    said = {"exported_at": stamp.exported_at, "generator": stamp.generator}

    def schema(names: Iterable[str]) -> Any:
        fields = [(name, pyarrow.int64() if name in _NUMBERS else pyarrow.string()) for name in names]
        return pyarrow.schema(fields, metadata=said)

    writer: Any = None
    group: list[list[str | int]] = []

    def flush() -> None:
        arrays = [pyarrow.array(column, type) for column, type in zip(zip(*group, strict=True), types, strict=True)]
        writer.write_batch(pyarrow.RecordBatch.from_arrays(arrays, schema=writer.schema), row_group_size=_GROUP)
        group.clear()

    types: list[Any] = []
    try:
        for row in rows(items, losses):
            if row is None:
                yield
            elif writer is None:
                writer = parquet.ParquetWriter(_Forward(stream), schema(map(str, row)))
                types = [field.type for field in writer.schema]
            else:
                group.append(list(row))
                if len(group) == _GROUP:
                    flush()
        if writer is None:
            writer = parquet.ParquetWriter(_Forward(stream), schema(columns(Codebook())))
        elif group:
            flush()
    finally:
        # Without this, what is cancelled would be closed by the collector, after the file has gone.
        if writer is not None:
            writer.close()
    yield


class _Forward:
    """A stream that is only written to, which may be a pipe: Parquet asks it how far it is, and nothing else."""

    closed = False

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._at = 0

    def write(self, data: Any) -> int:
        self._stream.write(data)
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        self._stream.flush()

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """Who opened the stream closes it."""


FORMAT = Format(
    name="passages-parquet",
    label="Table of passages (Parquet)",
    suffixes=(".parquet",),
    media_type="application/vnd.apache.parquet",
    purpose="analysis",
    write=write,
    description="For pandas, Polars, R and DuckDB: columns with types, small and quick to read.",
    shown_as="passages",
)
