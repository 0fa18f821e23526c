"""How people buy, estimated from the built purchase table: the parameters behind `p_alive`.

`model` is the likelihood of the MBG/NBD model, `fit` finds its maximum, `seed` keeps the parameters, and `command` is
what `python -m loader fit-purchases` does.
"""
