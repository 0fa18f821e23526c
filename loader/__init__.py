"""Loads eSputnik's datasets into raw tables that look like the platform's own export."""
