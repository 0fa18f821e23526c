"""A shop with three external sources of a few rows: its views, and the manifest that dbt would have made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Definitions of the views, in SQL that both engines read.
VIEWS: Mapping[str, str] = {
    "seg_points": """
        select 'ann@shop.example' as email, cast(10 as int64) as points, 'gold' as tier,
            date '2026-05-17' as last_visit_on, cast(1 as int64) as is_vip, 120.5e0 as spent,
            'knows bob@shop.example' as note, 'cash | card' as payment
        union all select 'bob@shop.example', 30, 'none', cast(null as date), 0, 80.0e0, 'new', 'card'
        union all select 'eve@shop.example', 50, 'silver', date '2026-06-02', 0, 100.0e0, cast(null as string), 'cash'
    """,
    "src_gifts": """
        select cast(1 as int64) as gift_no, 'ann@shop.example' as email, 'Cup' as gift,
            timestamp '2026-05-01 10:00:00+00' as given_at, cast(7 as int64) as days_since_gift
        union all select 2, 'ann@shop.example', 'Tea', timestamp '2026-04-01 23:30:00+00', 37
        union all select 1, 'bob@shop.example', 'Pen', cast(null as timestamp), cast(null as int64)
    """,
    "seg_empty": """
        select 'nobody@shop.example' as email, 'X' as code, 1.5e0 as share
        from (select 1 as no_row) as rows where no_row = 0
    """,
}
MESSAGES: Mapping[str, Mapping[str, Any]] = {
    "seg_points": {
        "message": {
            "text": "You have {points} points ({tier}).",
            "when": {"is_vip": 1},
            "otherwise": "Collect points!",
        }
    },
    "src_gifts": {
        "message": {"text": "{gift} of {given_at}"},
        "source_number": 77,
        "columns": {"gift": {"name": "gift", "description": "What was given.", "meta": {"pii": None}}},
    },
}
COLUMNS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "seg_points": {
        "email": {"description": "The key."},
        "points": {"description": "Points of a\nperson | in all."},
        "tier": {},
        "last_visit_on": {},
        "is_vip": {"description": "1 where the person is a VIP."},
        "spent": {"config": {"meta": {"condition": {"less_than": 100}}}},
        "note": {},
        "payment": {},
    },
    "src_gifts": {"days_since_gift": {}},
    "seg_empty": {"code": {"config": {"meta": {"example": "SPRING-1"}}}},
}


def write_manifest(path: Path, adapter: str = "duckdb", **more: Mapping[str, Any]) -> Path:
    """Writes what of dbt's manifest the catalogue reads; `more` are metas of further sources, which are not built."""
    metas = {name: MESSAGES.get(name, {}) for name in VIEWS} | more
    nodes: dict[str, Any] = {
        name: {
            "resource_type": "model",
            "unique_id": name,
            "name": name,
            "package_name": "shop",
            "schema": "esputnik_segments",
            "alias": name,
            "description": f"Who is in {name}? It says {name}.",
            "config": {"meta": meta},
            "columns": {
                column: {"name": column, "description": "", **entry} for column, entry in COLUMNS.get(name, {}).items()
            },
        }
        for name, meta in metas.items()
    }
    nodes["test"] = {
        "resource_type": "test",
        "attached_node": "src_gifts",
        "test_metadata": {"name": "external_source", "kwargs": {"rank": "gift_no", "key": "email"}},
    }
    nodes["int_points"] = {"resource_type": "model", "name": "int_points"}
    manifest = {"metadata": {"adapter_type": adapter}, "nodes": nodes, "sources": {}}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return path


#: What the catalogue must say of them, but for its first lines: worked out by hand from the rows above.
#: Points: the average is 30, and 30 and 50 reach it. Payment: that of the example. Tier: the example's, as `none` says
#: nothing. Gifts: the contact with two rows is the example.
PAGE = """\

## seg_empty

**Who is in seg_empty?** It says seg_empty.

- Key: `email`
- Rows of a contact: one
- Contacts: 0
- The view is empty today, so its examples are made up.

### Columns of seg_empty

| Column | Meaning | Type | Example | In a segment |
|---|---|---|---|---|
| `email` | – | text | `s***@s***.example` | – |
| `code` | – | text | `SPRING-1` | is not empty |
| `share` | – | number | `12.5` | is not empty |

### Messages with seg_empty

To the contact of the examples the snippets say:

> code: SPRING-1, share: 12.5

A contact without a row sees nothing in their place.

Bulk, in the HTML of an e-mail:

```velocity
<!--#foreach($row in $!data.get('seg_empty'))-->
<p>code: $!{row.get('code')}, share: $!{row.get('share')}</p>
<!--#end-->
```

Bulk, in SMS, Viber, pushes and messengers:

```velocity
#foreach($row in $!data.get('seg_empty'))code: $!{row.get('code')}, share: $!{row.get('share')}#end
```

Triggered, in the HTML of an e-mail:

```velocity
<!--#foreach($row in $!data.get('12345'))-->
<p>code: $!{row.get('code')}, share: $!{row.get('share')}</p>
<!--#end-->
```

Triggered, in SMS, Viber, pushes and messengers:

```velocity
#foreach($row in $!data.get('12345'))code: $!{row.get('code')}, share: $!{row.get('share')}#end
```

## seg_points

**Who is in seg_points?** It says seg_points.

- Key: `email`
- Rows of a contact: one
- Contacts: 3

### Columns of seg_points

| Column | Meaning | Type | Example | In a segment |
|---|---|---|---|---|
| `email` | The key. | text | `a***@s***.example` | – |
| `points` | Points of a person \\| in all. | whole number | `10` | is at least `30` (2) |
| `tier` | – | text | `gold` | equals `gold` (1) |
| `last_visit_on` | – | date | `2026-05-17` | is on or after `2026-05-01` (2) |
| `is_vip` | 1 where the person is a VIP. | 1 or 0 | `1` | equals `1` (1) |
| `spent` | – | number | `120.5` | is less than `100` (1) |
| `note` | – | text | `knows b***@s***.example` | is not empty (2) |
| `payment` | – | text | `cash \\| card` | equals `cash \\| card` (1) |

### Messages with seg_points

To the contact of the examples the snippets say:

> You have 10 points (gold).

And to a contact without such a row:

> Collect points!

Bulk, in the HTML of an e-mail:

```velocity
<!--#set($found = "no")-->
<!--#foreach($row in $!data.get('seg_points'))-->
<!--#if("$!{row.get('is_vip')}" == "1")-->
<!--#set($found = "yes")-->
<p>You have $!{row.get('points')} points ($!{row.get('tier')}).</p>
<!--#end-->
<!--#end-->
<!--#if($found == "no")-->
<p>Collect points!</p>
<!--#end-->
```

Bulk, in SMS, Viber, pushes and messengers:

```velocity
#set($found = "no")#foreach($row in $!data.get('seg_points'))#if("$!{row.get('is_vip')}" == "1")#set($found = "yes")\
You have $!{row.get('points')} points ($!{row.get('tier')}).#end#end#if($found == "no")Collect points!#end
```

Triggered, in the HTML of an e-mail:

```velocity
<!--#set($found = "no")-->
<!--#foreach($row in $!data.get('12345'))-->
<!--#if("$!{row.get('is_vip')}" == "1")-->
<!--#set($found = "yes")-->
<p>You have $!{row.get('points')} points ($!{row.get('tier')}).</p>
<!--#end-->
<!--#end-->
<!--#if($found == "no")-->
<p>Collect points!</p>
<!--#end-->
```

Triggered, in SMS, Viber, pushes and messengers:

```velocity
#set($found = "no")#foreach($row in $!data.get('12345'))#if("$!{row.get('is_vip')}" == "1")#set($found = "yes")\
You have $!{row.get('points')} points ($!{row.get('tier')}).#end#end#if($found == "no")Collect points!#end
```

## src_gifts

**Who is in src_gifts?** It says src_gifts.

- Key: `email`
- Rows of a contact: up to 2, numbered by `gift_no`
- Contacts: 2, with 3 rows
- Number on the platform: `77`

### Columns of src_gifts

| Column | Meaning | Type | Example | In a segment |
|---|---|---|---|---|
| `gift_no` | – | whole number | `1` | equals `1` (2) |
| `email` | – | text | `a***@s***.example` | – |
| `gift` | What was given. | text | `Cup` | equals `Cup` (1) |
| `given_at` | – | date and time | `2026-05-01T10:00:00Z` | is on or after `2026-05-01` (1) |
| `days_since_gift` | – | whole number | `7` | is at most `30` (1) |

### Messages with src_gifts

To the contact of the examples the snippets say:

> Cup of 2026-05-01T10:00:00Z
>
> Tea of 2026-04-01T23:30:00Z

A contact without a row sees nothing in their place.

Bulk, in the HTML of an e-mail:

```velocity
<!--#foreach($row in $!data.get('src_gifts'))-->
<p>$!{row.get('gift')} of $!{row.get('given_at')}</p>
<!--#end-->
```

Bulk, in SMS, Viber, pushes and messengers:

```velocity
#foreach($row in $!data.get('src_gifts'))
$!{row.get('gift')} of $!{row.get('given_at')}
#end
```

Triggered, in the HTML of an e-mail:

```velocity
<!--#foreach($row in $!data.get('77'))-->
<p>$!{row.get('gift')} of $!{row.get('given_at')}</p>
<!--#end-->
```

Triggered, in SMS, Viber, pushes and messengers:

```velocity
#foreach($row in $!data.get('77'))
$!{row.get('gift')} of $!{row.get('given_at')}
#end
```
"""
