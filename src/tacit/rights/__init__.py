"""The rights kernel: may this be done with this footage? Pure functions over facts; no file, no clock, no database."""
