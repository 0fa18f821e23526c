{%- set habit_days = esputnik.whole_number('habit_days') %}

with

people as (

    select * from {{ ref('int_people') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where is_valid = 1 and contact_key is not null

),

items as (

    select * from {{ ref('fct_order_items') }}
    where is_valid = 1 and contact_key is not null and product_id <> 'unknown'

),

products as (

    select * from {{ ref('dim_products') }}
    where product_id <> 'unknown'

),

views as (

    select
        contact_key,
        event_id,
        occurred_at,
        occurred_date,
        {{ esputnik.normalised_key(esputnik.event_parameter('params_json', var('product_parameter')), 'product') }}
            as product_id,
        {{ esputnik.event_parameter('params_json', var('category_parameter')) }} as category
    from {{ ref('fct_events') }}
    where
        {{ esputnik.utc_day_window('occurred_day', [habit_days, 30] | max) }}
        and {{ esputnik.in_window('occurred_date', [habit_days, 30] | max) }}
        and contact_key is not null
        and event_type_key in ({{ esputnik.text_list(esputnik.list_of_texts('product_view_events')) }})

),

-- Amounts in different currencies are not compared.
amounts as (

    select
        contact_key,
        total_cost,
        {{ esputnik.percentile('cast(total_cost as ' ~ esputnik.contract_type('FLOAT64') ~ ')', 0.5, 'contact_key') }}
            as median_order_value,
        row_number() over (partition by contact_key order by order_at desc, order_id desc) as orders_back
    from orders
    where is_in_account_currency = 1

),

order_values as (

    select
        contact_key,
        max(total_cost) as highest_order_value,
        max(case when orders_back = 1 then total_cost end) as last_order_value,
        max(median_order_value) as median_order_value
    from amounts
    group by contact_key

),

habits as (

    select
        contact_key,
        count(*) as orders_count,
        {{ esputnik.count_where('discount > 0') }} as discounted_orders
    from orders
    group by contact_key

),

bought as (

    select
        contact_key,
        product_id,
        count(distinct order_id) as product_orders,
        sum(quantity) as product_quantity,
        max(order_at) as last_bought_at
    from items
    group by contact_key, product_id

),

favourites as (

    select
        *,
        count(*) over (partition by contact_key) as products_bought
    from bought
    qualify row_number() over (
        partition by contact_key
        order by product_orders desc, product_quantity desc, last_bought_at desc, product_id asc
    ) = 1

),

seen as (

    select
        contact_key,
        {{ esputnik.count_where(esputnik.in_window('occurred_date', 30)) }} as views_30d
    from views
    group by contact_key

),

last_views as (

    select *
    from views
    where product_id is not null and {{ esputnik.in_window('occurred_date', habit_days) }}
    qualify row_number() over (partition by contact_key order by occurred_at desc, event_id desc) = 1

),

categories as (

    select
        contact_key,
        category,
        count(*) as category_views,
        max(occurred_at) as last_viewed_at
    from views
    where category is not null and {{ esputnik.in_window('occurred_date', habit_days) }}
    group by contact_key, category

),

favourite_categories as (

    select *
    from categories
    qualify row_number() over (
        partition by contact_key order by category_views desc, last_viewed_at desc, category asc
    ) = 1

),

final as (

    select
        people.contact_key,

        -- bought
        favourites.product_id as favourite_product_id,
        favourite_products.product_name as favourite_product_name,
        coalesce(favourites.product_orders, 0) as favourite_product_orders,
        coalesce(favourites.products_bought, 0) as products_bought,
        {{ esputnik.rounded('order_values.highest_order_value') }} as highest_order_value,
        {{ esputnik.rounded('order_values.last_order_value') }} as last_order_value,
        {{ esputnik.rounded('order_values.median_order_value') }} as median_order_value,
        {{ esputnik.rounded(esputnik.ratio('habits.discounted_orders', 'habits.orders_count'), 4) }}
            as discounted_share,

        -- looked at
        favourite_categories.category as favourite_category,
        coalesce(favourite_categories.category_views, 0) as favourite_category_views,
        last_views.product_id as last_viewed_product_id,
        viewed_products.product_name as last_viewed_product_name,
        last_views.occurred_at as last_viewed_at,
        {{ esputnik.days_since('last_views.occurred_date') }} as days_since_last_view,
        coalesce(seen.views_30d, 0) as views_30d,
        -- An order of the product after the view ends the interest.
        {{ esputnik.flag(
            'case when last_views.product_id is not null'
            ~ ' and (viewed_bought.last_bought_at is null or viewed_bought.last_bought_at < last_views.occurred_at)'
            ~ ' then 1 end'
        ) }} as is_viewed_not_bought
    from people
    left join habits on people.contact_key = habits.contact_key
    left join order_values on people.contact_key = order_values.contact_key
    left join favourites on people.contact_key = favourites.contact_key
    left join products as favourite_products on favourites.product_id = favourite_products.product_id
    left join seen on people.contact_key = seen.contact_key
    left join favourite_categories on people.contact_key = favourite_categories.contact_key
    left join last_views on people.contact_key = last_views.contact_key
    left join products as viewed_products on last_views.product_id = viewed_products.product_id
    left join bought as viewed_bought
        on
            last_views.contact_key = viewed_bought.contact_key
            and last_views.product_id = viewed_bought.product_id
    where habits.contact_key is not null or seen.contact_key is not null

)

select * from final
