"""The reads of event-sized tables that no partition filter narrows in an incremental build, each with its reason.

BigQuery bills the bytes of the columns named, for all rows of the table: 8 for a DATE, INT64, FLOAT64 or TIMESTAMP, 2
and its length for a STRING. `cost` says what a build adds up to, in bytes, for `rows` rows. Whatever reads more than is
written here fails, and so does an entry that nothing needs any more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WholeRead:
    """Reads of all partitions of a table, for one reason.

    Attributes:
        table: the table, as `dataset.table`.
        nodes: the dbt nodes that read it, as `model name` or `test name`.
        columns: the columns that they read, each of them some.
        cost: what one build adds up to, in bytes.
    """

    table: str
    nodes: frozenset[str]
    columns: frozenset[str]
    reason: str
    cost: str


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


WHOLE_READS = [
    WholeRead(
        table="esputnik_raw.contactActivities",
        nodes=frozenset({"model stg_esputnik__contact_activities"}),
        columns=_names("_day _dlt_load_id"),
        reason="Partition metadata counts rows of uncompleted loads too; this count tells which rows a build saw.",
        cost="rows * (8 + 2 + 18), when a day was touched",
    ),
    WholeRead(
        table="esputnik_raw.events",
        nodes=frozenset({"model stg_esputnik__events"}),
        columns=_names("_day _dlt_load_id"),
        reason="As for contactActivities.",
        cost="rows * (8 + 2 + 18), when a day was touched",
    ),
    WholeRead(
        table="esputnik_staging.stg_esputnik__contact_activities",
        nodes=frozenset({"model int_activities"}),
        columns=_names(
            "activity_at activity_day activity_status broadcast_id click_event_link contact_id media_type message_id "
            "message_instance_id message_tags status_description workflow_id workflow_instance_id"
        ),
        reason="Typed activities are built whole: whether an open or click is a robot's depends on those around it.",
        cost="rows * (6 * 8 + about 7 * 15)",
    ),
    WholeRead(
        table="esputnik_marts.int_activities",
        nodes=frozenset(
            {
                "model int_contact_profile",
                "model fct_attribution",
                "model int_sends",
                "test accepted_values_int_activities_activity_type__DELIVERED__UNDELIVERED__OPENED__CLICKED__"
                "UNSUBSCRIBED__SPAM__SUBSCRIPTION_CHANGED__PUSH_SUBSCRIBED",
                "test unique_int_reachability_contact_key",
                "test unique_together_int_channel_standing_channel__party",
                "test unique_together_int_touches_order_id__send_id",
            }
        ),
        columns=_names(
            "activity_at activity_day activity_type broadcast_id channel contact_id is_click is_no_touch is_open "
            "is_suspected message_id message_instance_id reports_opens send_id status_description workflow_id "
            "workflow_instance_id"
        ),
        reason="Sends carry state over any number of days; standing of an address and touches look back without bound.",
        cost="rows * 7 readers * (9 * 8 + about 8 * 12) at most",
    ),
    WholeRead(
        table="esputnik_marts.int_sends",
        nodes=frozenset(
            {
                "model fct_attribution",
                "model int_contact_profile",
                "model rpt_campaign_performance",
                "test not_null_int_sends_send_id",
                "test unique_int_engagement_contact_key",
                "test unique_int_engagement_tier_contact_key",
                "test unique_int_preferred_channel_contact_key",
                "test unique_int_sends_send_id",
                "test unique_together_int_touches_order_id__send_id",
            }
        ),
        columns=_names(
            "broadcast_id channel contact_id delivered_at first_human_click_at first_human_open_at is_bounced "
            "is_clicked is_complained is_delivered is_engaged is_no_touch is_opened is_suspected_click "
            "is_suspected_open is_unsubscribed last_clicked_at last_human_click_at last_human_open_at last_opened_at "
            "message_instance_id reports_opens send_date send_day send_id sent_at workflow_instance_id"
        ),
        reason="The campaign report covers every campaign, and engagement decays without an end.",
        cost="rows * 9 readers * (25 * 8 + about 2 * 15) at most",
    ),
]
