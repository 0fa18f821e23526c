"""BigQuery as the platform's service account sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import Forbidden, GoogleAPICallError, NotFound
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.cloud import bigquery
from google.oauth2 import service_account

from loader.profile import Target

#: Seconds for an answer.
TIMEOUT = 60


class CannotAsk(Exception):
    """The account gets no answer at all; `action` says what to do about it."""

    def __init__(self, message: str, action: str) -> None:
        super().__init__(message)
        self.action = action


class ReaderClient:
    """Asks with the account's own key, in the project that the key names, as the platform does."""

    def __init__(self, key: Mapping[str, Any], target: Target) -> None:
        self._key = key
        self._project = str(target.settings.get("project") or target.settings.get("database"))
        self._client = bigquery.Client(
            str(key["project_id"]),
            service_account.Credentials.from_service_account_info(dict(key)),  # type: ignore[no-untyped-call]
            location=target.settings.get("location"),
            client_options=ClientOptions(api_endpoint=target.settings.get("api_endpoint")),
        )

    def refusal(self, schema: str, table: str, condition: str = "", database: str = "") -> str | None:
        """Why the account may not read a table or view; None where it may.

        Raises:
            CannotAsk: the key is refused, BigQuery not reached, or the account may not run queries at all.

        """
        sql = f"select 1 from `{database or self._project}`.`{schema}`.`{table}`{condition}"
        config = bigquery.QueryJobConfig(dry_run=True, use_query_cache=False)
        try:
            # Tried once: a refusal would otherwise be asked for again, for minutes.
            once: Any = None
            self._client.query(sql, job_config=config, retry=once, job_retry=once, timeout=TIMEOUT)
        except Forbidden as error:
            if "bigquery.jobs.create" in _reason(error):
                raise CannotAsk(
                    f"The account may not run queries in project {self._key['project_id']}.",
                    "Give it the role BigQuery Job User on that project. See docs/access.md.",
                ) from None
            return _reason(error)
        except NotFound as error:
            return _reason(error)
        except RefreshError:
            raise CannotAsk(
                "Google refuses the key: it was deleted or disabled, or this machine's clock is wrong.",
                "Make a new key, and give it to the platform too.",
            ) from None
        except GoogleAPICallError as error:
            raise CannotAsk(f"BigQuery does not answer the account: {_reason(error)}", "Try again later.") from None
        except GoogleAuthError as error:
            raise CannotAsk(
                f"Google cannot be asked about the key: {type(error).__name__}.", "Check the network and proxy."
            ) from None
        return None

    def close(self) -> None:
        """Ends the connection."""
        self._client.close()  # type: ignore[no-untyped-call]


def _reason(error: GoogleAPICallError) -> str:
    """What BigQuery says, without the address and the job that the client adds."""
    reasons = [str(each["message"]) for each in error.errors or () if isinstance(each, dict) and each.get("message")]
    return reasons[0] if reasons else str(error.message)
