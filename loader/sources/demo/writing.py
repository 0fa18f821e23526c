"""Writing tables in the platform's export format, as Parquet, CSV or JSON lines."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from loader.errors import LoaderError
from loader.sources import FileFormat

#: Times without an offset, UTC, as the platform's export writes them.
_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
_COPY_OPTIONS = {"csv": "format csv, header", "jsonl": "format json"}


class ExportFolder:
    """A folder that fills with the files of one export.

    Raises:
        LoaderError: the folder cannot be made or a file cannot be written.

    """

    def __init__(self, directory: Path, file_format: FileFormat) -> None:
        self._directory = directory
        self._format = file_format
        self._database = duckdb.connect()
        self.paths: list[Path] = []
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LoaderError(f"The folder {directory} cannot be made: {error.strerror}.") from error

    def write(self, name: str, table: pa.Table) -> None:
        """Writes one file, `name` without its ending."""
        path = self._directory / f"{name}.{self._format}"
        try:
            if self._format == "parquet":
                # Without the Arrow schema a dictionary of strings is read back as plain strings.
                pq.write_table(table, path, compression="zstd", store_schema=False, write_statistics=True)
            else:
                self._copy_as_text(table, path)
        except (OSError, duckdb.IOException) as error:
            raise LoaderError(f"The file {path} cannot be written: {error}") from error
        self.paths.append(path)

    def _copy_as_text(self, table: pa.Table, path: Path) -> None:
        target = str(path).replace("'", "''")
        times = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
        written = ", ".join(f"""strftime("{name}", '{_TIME_FORMAT}') as "{name}\"""" for name in times)
        columns = f"* replace ({written})" if times else "*"
        self._database.execute("set TimeZone = 'UTC'")
        self._database.register("export", table)
        self._database.execute(f"copy (select {columns} from export) to '{target}' ({_COPY_OPTIONS[self._format]})")
        self._database.unregister("export")
