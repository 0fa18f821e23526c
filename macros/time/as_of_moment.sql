{#-
    The moment that reports and segments describe, as a Python datetime in UTC: var `as_of`, else the moment the build
    started, one for the whole build. Nothing else in the project knows the time.

    An `as_of` without an offset is read in var `account_timezone`; one without a time is midnight, the start of that
    day. Of an hour that comes twice it is the first; a time that is left out moves on with the clocks. An `as_of` that is
    no ISO 8601 moment stops with a message.

    Args:
        days_ago: for the past standing: that many times 24 hours before. The macros beside this one take it too.
-#}
{% macro as_of_moment(days_ago=0) -%}
    {%- set earlier = modules.datetime.timedelta(days=days_ago) -%}
    {%- set text = var('as_of') | string | trim -%}
    {%- if not text or text == 'None' -%}
        {{ return(run_started_at.astimezone(modules.pytz.utc) - earlier) }}
    {%- endif -%}

    {%- set time = '^.{10}([T ]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d([.]\\d{1,6})?)?(Z|[+-]([01]\\d|2[0-3]):?[0-5]\\d)?)?$' -%}
    {%- if not esputnik.is_date(text) or not modules.re.match(time, text) -%}
        {%- do exceptions.raise_compiler_error(
            "var as_of is '" ~ text ~ "', which is no moment. Allowed: empty (the moment the build starts), a date "
            ~ "(2026-01-31) or an ISO 8601 time (2026-01-31T09:30:00+02:00)."
        ) -%}
    {%- endif -%}

    {%- set moment = modules.datetime.datetime.fromisoformat(text) -%}
    {%- if moment.tzinfo is none -%}
        {%- set zone = modules.pytz.timezone(esputnik.account_timezone()) -%}
        {%- set readings = [zone.localize(moment, is_dst=true), zone.localize(moment, is_dst=false)] | sort -%}
        {#- A time that is left out is no reading of its own. -#}
        {%- set is_left_out = zone.normalize(readings[0]).replace(tzinfo=none) != moment -%}
        {%- set moment = readings[1] if is_left_out else readings[0] -%}
    {%- endif -%}
    {{ return(moment.astimezone(modules.pytz.utc) - earlier) }}
{%- endmacro %}
