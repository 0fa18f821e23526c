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
        table="esputnik_marts.fct_sends",
        nodes=frozenset({"model fct_sends"}),
        columns=_names("activity_days last_activity_at send_day send_id"),
        reason="The sends of a touched day may have begun on any day; their keys and days tell on which.",
        cost="sends * (34 + 2 * 8 + about 2 * 8), when a day was touched",
    ),
    WholeRead(
        table="esputnik_marts.fct_sends",
        nodes=frozenset(
            {
                "model fct_attribution",
                "model int_conversions",
                "model int_engagement",
                "model int_preferred_channel",
                "model int_reachability",
                "model rpt_abandoned_carts",
                "model rpt_deliverability",
                "model rpt_link_clicks",
                "model rpt_workflow_performance",
                "test assert_sends_add_up_to_the_reports",
                "test unique_int_engagement_previous_contact_key",
                "test unique_int_engagement_tier_previous_contact_key",
                "test unique_together_int_channel_standing_channel__party",
                "test unique_together_int_touches_order_id__send_id",
            }
        ),
        columns=_names(
            "broadcast_id channel contact_id first_activity_at first_clicked_at first_complained_at "
            "first_delivered_at first_failed_at first_human_click_at first_human_open_at first_opened_at "
            "first_proof_at first_response_at first_unsubscribed_at is_no_touch last_clicked_at last_delivered_at "
            "last_human_click_at last_human_open_at last_opened_at last_response_at "
            "message_id message_instance_id message_language_code reports_opens send_date send_day send_id sent_at "
            "workflow_block_id workflow_id workflow_instance_id"
        ),
        reason="Reports of sends cover every campaign and message, and a person's standing and engagement have no end.",
        cost="sends * 14 readers * (26 * 8 + about 5 * 15) at most",
    ),
    WholeRead(
        table="esputnik_marts.int_daily_send_totals",
        nodes=frozenset(
            {
                "model int_engaged_sends",
                "model int_engaged_sends_previous",
                "model int_send_totals",
                "model rpt_campaign_performance",
                "model rpt_campaign_roi",
                "model rpt_channel_daily",
                "model rpt_link_clicks",
                "model rpt_message_performance",
                "model rpt_send_time",
                "test unique_together_int_send_totals_send_day__send_date__sent_weekday__sent_hour__broadcast_id__"
                "message_id__message_language_code__channel",
            }
        ),
        columns=_names(
            "bounced broadcast_id channel clicked clicked_telling_opens complained delivered delivered_engaged "
            "delivered_telling_opens last_activity_at message_id message_language_code opened opened_telling_opens "
            "send_date send_day sends sent_hour sent_weekday "
            "suspected_clicks suspected_opens unsubscribed"
        ),
        reason="These totals are there so that the sends need not be read.",
        cost="totals, one for 22 sends in the demo account * 10 readers * (20 * 8 + about 10) at most",
    ),
    WholeRead(
        table="esputnik_marts.int_engagements",
        nodes=frozenset(
            {
                "model fct_attribution",
                "model rpt_link_clicks",
                "test unique_together_int_touches_order_id__send_id",
            }
        ),
        columns=_names("activity_at activity_day activity_type contact_id is_click is_suspected link send_id"),
        reason="Touches may be of any order, clicks of any message.",
        cost="opens and clicks * 3 readers * (5 * 8 + 34 + 9) at most, and once their links",
    ),
    WholeRead(
        table="esputnik_marts.int_reach_events",
        nodes=frozenset(
            {
                "model int_reachability",
                "model rpt_audience_growth",
                "model rpt_deliverability",
                "test unique_together_int_channel_standing_channel__party",
            }
        ),
        columns=_names(
            "activity_at activity_day activity_type bounce_class channel contact_id send_id status_description"
        ),
        reason="An objection or a hard bounce stands until something ends it, and is counted on the day of the first.",
        cost="failures, objections and subscriptions * 5 reads * (3 * 8 + 25 + 34 + a text)",
    ),
    WholeRead(
        table="esputnik_staging.stg_esputnik__contact_activities",
        nodes=frozenset({"model rpt_data_health"}),
        columns=_names("activity_at activity_status contact_id message_instance_id"),
        reason="Rows that no report counts are looked for among all; what is wrong may be as old as the account.",
        cost="activities * (3 * 8 + about 11)",
    ),
    WholeRead(
        table="esputnik_staging.stg_esputnik__events",
        nodes=frozenset({"model rpt_data_health"}),
        columns=_names("contact_id occurred_at"),
        reason="As for activities.",
        cost="events * 2 * 8",
    ),
]
