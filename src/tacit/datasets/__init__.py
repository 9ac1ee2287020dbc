"""Datasets in the LeRobot v3.0 format: written, published, read, checked and described, with lineage in every row."""
