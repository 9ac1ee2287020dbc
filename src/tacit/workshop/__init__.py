"""Synthetic first-person hand work, drawn in plain numpy, with exact landmark ground truth for the demo and tests."""
