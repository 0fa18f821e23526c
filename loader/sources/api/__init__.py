"""The REST API as a source: for accounts that do not pay for the export.

It offers contacts, messages, activities, the broadcasts that activities name, segments and their members; not orders,
order items, revenue, events and devices, which can be written only.

- `settings`: key, address, time zone, patience.
- `client`, `pace`: one call, repeated until it is answered, at the rate that the platform bears.
- `listing`, `entities`: lists in pages.
- `asking`, `stretches`: activities by windows of time.
- `plan`: which stretches of time are missing. `estimate`: what reading them takes.
- `mapping`: the API's names and values as the export's.
- `run`: all of it, as loads.
"""
