"""The catalogue of external data sources: what each view says of a contact, for segments and messages."""
