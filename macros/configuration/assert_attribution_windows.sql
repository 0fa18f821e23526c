{#-
    Stops the build where seed `attribution_windows` cannot be meant: a row without a known channel, event or number of
    hours, or a channel without a row. dbt calls it before it loads the seed, with the file's rows at hand; models that
    read the seed are not built then.
-#}
{% macro assert_attribution_windows() -%}
    {%- set channels = esputnik.channels() -%}
    {%- set events = ['sent', 'delivered', 'opened', 'clicked', 'none'] -%}
    {%- set problems, listed = [], [] -%}
    {%- for row in load_agate_table().rows -%}
        {%- set channel, event, hours = row['channel'] or '', row['event'] or '', row['window_hours'] | string -%}
        {%- set place = 'row ' ~ loop.index ~ ' (' ~ channel ~ ', ' ~ event ~ ', ' ~ hours ~ '): ' -%}
        {%- do listed.append(channel) -%}
        {%- if channel not in channels -%}
            {%- do problems.append(place ~ "channel '" ~ channel ~ "' is not allowed. Allowed: " ~ channels | join(', ')) -%}
        {%- endif -%}
        {%- if event not in events -%}
            {%- do problems.append(place ~ "event '" ~ event ~ "' is not allowed. Allowed: " ~ events | join(', ')) -%}
        {%- endif -%}
        {%- if not modules.re.match('^[0-9]+$', hours) -%}
            {%- do problems.append(place ~ "window_hours '" ~ hours ~ "' is not allowed. Allowed: whole numbers from 0") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for channel in channels if channel not in listed -%}
        {%- do problems.append(
            'channel ' ~ channel ~ ' has no row. Add one for each event that earns orders (' ~ events[:4] | join(', ')
            ~ '), or ' ~ channel ~ ',none,0 where nothing does'
        ) -%}
    {%- endfor -%}
    {%- if problems -%}
        {%- do exceptions.raise_compiler_error('seed attribution_windows: ' ~ problems | join('; ') ~ '.') -%}
    {%- endif -%}
{%- endmacro %}
