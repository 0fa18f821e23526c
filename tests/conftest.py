"""What every part of the tests shares."""

from __future__ import annotations

import pytest

from tests.support.dbt import Dbt


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """The project at the root, parsed once a session."""
    return Dbt(tmp_path_factory.mktemp("dbt"))
