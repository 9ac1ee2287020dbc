"""Adapters of the ports: keys outside the shop, sealed objects, the catalogue in SQL; with in-memory twins."""
