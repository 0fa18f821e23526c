"""Tests of the REST API source, on the fake platform."""
