"""Measurements with a reference in the same run; `make bench` prints them as a table. Not part of the product."""
