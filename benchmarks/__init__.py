"""Measurements beside a reference in the same run; `make bench` prints them. Not part of the product."""
