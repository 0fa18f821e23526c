"""`loader doctor`: is everything set up for loading, building, and being read by the platform?

`examine` asks; a module for each area answers with findings, each of which says what to do.
"""
