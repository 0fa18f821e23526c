"""A shop's and a CRM's own tables with attributes of contacts, and what of them the platform should read.

Worked by hand: of Ann's rows that of February counts, whose birthday is no day; Bob's points are no whole number; one
row names nobody; Cem is in the CRM only.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

#: Columns and rows of `customers`.
CUSTOMERS = (
    ("mail", "tier", "birthDate", "points", "changed", "first_name"),
    [
        (" A@x.io", "gold", "1990-01-31", "12", "2024-01-01 00:00:00", "Ann"),
        ("a@x.io", "silver", "1990-02-30", "1.0", "2024-02-01 00:00:00", "Anna"),
        ("b@x.io", None, "1991-02-28", "1.5", None, "Bob"),
        (None, "gold", None, None, None, None),
    ],
)
CALLS = (("email", "last_call", "calls"), [("a@x.io", "2024-03-01 23:30:00+00:00", "3"), ("c@x.io", None, "0")])

VARIABLES: dict[str, Any] = {
    "as_of": "2024-07-01T00:00:00+00:00",
    "contact_attributes": [
        {
            "table": "customers",
            "key": "mail",
            "latest_by": "changed",
            "columns": {
                "loyalty_tier": {"type": "STRING", "column": "tier", "description": "Tier of the loyalty programme."},
                "birthday": {"type": "DATE", "column": "birthDate", "description": "Birthday."},
                "shop_points": {"type": "INT64", "column": "points", "description": "Points that can be spent."},
                "first_name": {"type": "STRING", "description": "First name.", "meta": {"pii": True}},
            },
        },
        {
            "table": "calls",
            "key": "email",
            "columns": {
                "last_call": {"type": "TIMESTAMP", "description": "When we last called."},
                "calls": {"type": "INT64", "description": "How often we called."},
            },
        },
    ],
}
COLUMNS = ["email", "loyalty_tier", "birthday", "shop_points", "first_name", "last_call", "calls"]
EXPECTED = [
    ("a@x.io", "silver", None, 1, "Anna", datetime(2024, 3, 1, 23, 30, tzinfo=UTC), 3),
    ("b@x.io", None, date(1991, 2, 28), None, "Bob", None, None),
    ("c@x.io", None, None, None, None, None, 0),
]
#: What the data test warns of: table, column, values.
LEFT_OUT = [("customers", "birthday", 1), ("customers", "mail", 1), ("customers", "shop_points", 1)]
