"""The account's numbers, calculated a second time.

What `rpt_campaign_performance` and `seg_contact_profile` should hold, worked out in plain Python from the exported
files and the written definitions alone, without a look at the SQL: lists, loops and `datetime`, one function per
definition. Slow and simple by intent; it is there to disagree with the models where they are wrong.
"""
