"""Tables of a company's own databases, copied as they are into schema `esputnik_extra`.

`address` opens the database, `tables` finds out what is to be read, `load` brings it into the warehouse.
"""
