"""BigQuery as a warehouse: dbt's credentials, Google's client, and dlt's destination with what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import dlt
import pyarrow as pa
from dbt.adapters.bigquery.credentials import BigQueryCredentials, create_google_credentials
from dbt_common.exceptions import DbtBaseException
from dlt.common.configuration.specs import GcpOAuthCredentials
from dlt.common.destination import PreparedTableSchema
from dlt.common.destination.client import LoadJob
from dlt.destinations.impl.bigquery.bigquery import BigQueryClient
from dlt.destinations.impl.bigquery.sql_client import BigQuerySqlClient
from dlt.destinations.job_client_impl import SqlLoadJob
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import GoogleAPICallError, GoogleAPIError, NotFound
from google.auth.exceptions import GoogleAuthError
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_RETRY
from mashumaro.exceptions import InvalidFieldValue, MissingField
from requests import RequestException
from typing_extensions import override

from loader.contract import full_contract
from loader.destination import Rows, Warehouse
from loader.errors import ConfigurationError, LoaderError, root_cause
from loader.profile import Target
from loader.runs import STARTS_TABLE

#: On datasets, tables and jobs: what in this project is the loader's, and what does it cost?
LABELS = {"managed_by": "esputnik_loader"}
#: What a call fails with: BigQuery's refusals, credentials that are not renewed, and a network that is gone.
FAILURES = (GoogleAPIError, GoogleAuthError, RequestException)
#: Seconds in which BigQuery has to be reached at first. Google's client goes on for ten minutes otherwise.
REACHED_WITHIN = 10.0


class BigQueryWarehouse(Warehouse):
    """A BigQuery dataset, reached as dbt reaches it."""

    single_writer = False

    def __init__(self, target: Target) -> None:
        self.raw_schema = target.raw_schema
        self._credentials = _dbt_credentials(target)
        self.project: str = target.raw_database or str(self._credentials.database)
        self._dataset = bigquery.DatasetReference(self.project, self.raw_schema)
        #: Tell which jobs work on these raw tables.
        self._job_labels = {**LABELS, "raw_schema": self.raw_schema.lower()}
        self._client = self.connect()
        self._reach()

    def _reach(self) -> None:
        """One call, to tell a wrong host or a missing network from a bad moment before anything is done.

        Raises:
            ConfigurationError: BigQuery is not reached, or gives no token for the credentials.

        """
        try:
            self._client.get_dataset(
                self._dataset, retry=DEFAULT_RETRY.with_timeout(REACHED_WITHIN), timeout=REACHED_WITHIN
            )
        except GoogleAPICallError:
            # It answers; what it refuses is told by the statement that needs it.
            return
        except FAILURES as error:
            where = self._credentials.api_endpoint or "BigQuery"
            raise ConfigurationError(
                f"{where} cannot be reached: {_reason(error)}. Check the network, a proxy's settings and the target"
                " in profiles.yml."
            ) from None

    def connect(self) -> bigquery.Client:
        """A client as the profile wants it: billing project, place, endpoint, bound on bytes, labels."""
        jobs = bigquery.QueryJobConfig(labels=self._job_labels)
        if self._credentials.maximum_bytes_billed:
            jobs.maximum_bytes_billed = self._credentials.maximum_bytes_billed
        try:
            google_credentials = create_google_credentials(self._credentials)
        except (DbtBaseException, GoogleAuthError, ValueError, OSError) as error:
            raise ConfigurationError(
                f"The credentials of method `{self._credentials.method}` cannot be used: {type(error).__name__}."
                " Check the target in profiles.yml; for method oauth run `gcloud auth application-default login`."
            ) from None
        return bigquery.Client(
            self._credentials.execution_project,
            google_credentials,
            location=self._credentials.location,
            default_query_job_config=jobs,
            default_load_job_config=bigquery.LoadJobConfig(labels=self._job_labels),
            client_options=ClientOptions(api_endpoint=self._credentials.api_endpoint),
        )

    @override
    def destination(self) -> dlt.destinations.bigquery:
        # Never used: clients come from `connect`. dlt would look for credentials of its own if it had none.
        unused = GcpOAuthCredentials(
            project_id=self.project, client_id="-", client_secret="-", refresh_token="-", token="-"
        )
        unused.resolve()
        destination = _Destination(
            credentials=unused,  # type: ignore[arg-type]
            project_id=self.project,
            location=self._credentials.location or "US",
        )
        destination.warehouse = self
        return destination

    @override
    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Rows:
        typed = [
            bigquery.ScalarQueryParameter(None, "INT64" if isinstance(value, int) else "STRING", value)
            for value in parameters
        ]
        try:
            found = self._client.query_and_wait(sql, job_config=bigquery.QueryJobConfig(query_parameters=typed))
            return [tuple(row.values()) for row in found]
        except FAILURES as error:
            raise LoaderError(f"BigQuery refuses a statement of the loader: {_reason(error)}") from error

    @override
    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        try:
            # Without the Storage API, which would need a permission and an endpoint of its own.
            yield from self._client.query_and_wait(sql).to_arrow_iterable()
        except FAILURES as error:
            raise LoaderError(f"BigQuery refuses a statement of the loader: {_reason(error)}") from error

    @override
    def table(self, name: str) -> str:
        return f"`{self.project}`.`{self.raw_schema}`.`{name}`"

    @override
    def tables(self) -> set[str]:
        try:
            return {table.table_id for table in self._client.list_tables(self._dataset)}
        except NotFound:
            return set()
        except FAILURES as error:
            raise self._unreachable(error) from error

    @override
    def columns(self) -> Rows:
        if not self.tables():
            # There may be no such dataset, which the statement would fail for.
            return []
        return self.execute(
            f"select table_name, column_name, data_type from `{self.project}`.`{self.raw_schema}`"
            ".INFORMATION_SCHEMA.COLUMNS order by table_name, ordinal_position"
        )

    @override
    def newest_partition(self, name: str) -> date | None:
        """From the metadata of the partitions: no rows are read."""
        ((newest,),) = self.execute(
            f"select max(partition_id) from `{self.project}`.`{self.raw_schema}`.INFORMATION_SCHEMA.PARTITIONS"
            " where table_name = ? and total_rows > 0 and not starts_with(partition_id, '__')",
            [name],
        )
        return datetime.strptime(newest, "%Y%m%d").date() if newest else None

    @override
    def create_schema(self) -> None:
        try:
            self._client.get_dataset(self._dataset)
        except NotFound:
            dataset = bigquery.Dataset(self._dataset)
            dataset.location = self._credentials.location
            dataset.labels = LABELS
            try:
                self._client.create_dataset(dataset, exists_ok=True)
            except FAILURES as error:
                raise self._unreachable(error) from error
        except FAILURES as error:
            raise self._unreachable(error) from error

    @override
    def finish_tables(self, datasets: Sequence[str]) -> None:
        """Labels, and on partitioned tables the demand for a filter: nobody reads all events by mistake."""
        try:
            for name in datasets:
                self._finish_table(name)
        except FAILURES as error:
            raise LoaderError(
                f"The rows are loaded, but table {name} could not be given its labels and partition filter:"
                f" {_reason(error)}"
            ) from error

    def _finish_table(self, name: str) -> None:
        table = self._client.get_table(self._dataset.table(name))
        changed = []
        if not LABELS.items() <= table.labels.items():
            table.labels = {**table.labels, **LABELS}
            changed.append("labels")
        if full_contract()[name].partition and not table.require_partition_filter:
            table.require_partition_filter = True
            changed.append("require_partition_filter")
        if changed:
            self._client.update_table(table, changed)

    @override
    def await_dead_jobs(self) -> None:
        """Cancels the loader's jobs on this raw schema and waits for their end.

        They go on when the process that started them is killed; rows must not come after the purge.
        """
        try:
            for state in ("pending", "running"):
                for job in self._client.list_jobs(state_filter=state):
                    if self._job_labels.items() <= (job.labels or {}).items():
                        job.cancel()
                        job.exception()
        except FAILURES as error:
            raise LoaderError(
                f"What a dead load left working cannot be ended: {_reason(error)}."
                " That takes the role BigQuery User on the project."
            ) from error

    @override
    def close(self) -> None:
        self._client.close()  # type: ignore[no-untyped-call]

    def _unreachable(self, error: Exception) -> LoaderError:
        return LoaderError(f"Dataset {self.project}.{self.raw_schema} cannot be used: {_reason(error)}")


def _reason(error: Exception) -> str:
    """What BigQuery says, or why it says nothing."""
    return str(error.message) if isinstance(error, GoogleAPICallError) else root_cause(error)


def _dbt_credentials(target: Target) -> BigQueryCredentials:
    settings = {name: value for name, value in target.settings.items() if name not in ("type", "threads")}
    try:
        return BigQueryCredentials.from_dict(BigQueryCredentials.translate_aliases(settings))
    except InvalidFieldValue as error:
        raise ConfigurationError(f"Target `{target.name}`: the value of `{error.field_name}` is not valid.") from None
    except MissingField as error:
        raise ConfigurationError(f"Target `{target.name}` lacks `{error.field_name}`.") from None
    except DbtBaseException as error:
        reason = " ".join(str(error).removeprefix("Runtime Error").split()).rstrip(".")
        raise ConfigurationError(f"Target `{target.name}`: {reason}.") from None


class _SqlClient(BigQuerySqlClient):
    """dlt's client for SQL, connected as the profile says."""

    warehouse: BigQueryWarehouse

    @override
    def open_connection(self) -> bigquery.Client:
        self._client = self.warehouse.connect()
        self._client.query = partial(  # type: ignore[method-assign]
            self._client.query, retry=self._default_retry, timeout=self.http_timeout
        )
        return self._client


class _TransactionJob(SqlLoadJob):
    """Runs a merge's statements as one script in a transaction.

    dlt leaves the transaction out where a column name contains `create`, `alter` or `drop`, as `createdDate` does. It
    also spreads one over several requests of a session: if the loader is killed between them, the open session blocks
    the table for hours. A script is a single job, which ends whole or not at all.
    """

    @override
    def run(self) -> None:
        with open(self._file_path, encoding="utf-8") as file:
            statements = self._split_fragments(file.read())
        script = ";\n".join(["BEGIN TRANSACTION", *statements, "COMMIT TRANSACTION"]) + ";"
        self._job_client.sql_client.execute_sql(script)


class _JobClient(BigQueryClient):
    """dlt's client for jobs, with merges as transactions and loads that complete only while their run is registered."""

    warehouse: BigQueryWarehouse

    def __init__(self, schema: Any, config: Any, capabilities: Any) -> None:
        super().__init__(schema, config, capabilities)
        plain = self.sql_client
        self.sql_client = _SqlClient(
            plain.dataset_name,
            plain.staging_dataset_name,
            config.credentials,
            capabilities,
            config.get_location(),
            config.project_id,
            config.http_timeout,
            config.retry_deadline,
        )
        self.sql_client.warehouse = self.warehouse

    @override
    def initialize_storage(self, truncate_tables: Iterable[str] | None = None) -> None:
        # Past BigQueryClient, which sends a script about tables with detected schemas even where there are none.
        super(BigQueryClient, self).initialize_storage(truncate_tables or ())

    @override
    def create_load_job(
        self, table: PreparedTableSchema, file_path: str, load_id: str, restore: bool = False
    ) -> LoadJob:
        if SqlLoadJob.is_sql_job(file_path):
            return _TransactionJob(file_path)
        return super().create_load_job(table, file_path, load_id, restore)

    @override
    def complete_load(self, load_id: str) -> None:
        # A machine that slept through its load may wake up declared dead, its rows purged by another run.
        starts = self.warehouse.table(STARTS_TABLE)
        if not self.warehouse.execute(f"select 1 from {starts} where load_id = ?", [load_id]):
            raise LoaderError(
                "This load was not heard of for so long that another one took it for dead and purged its rows."
                " Run it again."
            )
        super().complete_load(load_id)


class _Destination(dlt.destinations.bigquery):
    """dlt's BigQuery destination on the warehouse's connection."""

    warehouse: BigQueryWarehouse

    @property
    @override
    def client_class(self) -> type[_JobClient]:
        return type("_ConnectedJobClient", (_JobClient,), {"warehouse": self.warehouse})

    @property
    @override
    def destination_type(self) -> str:
        return "dlt.destinations.bigquery"
