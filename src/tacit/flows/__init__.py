"""The verbs of tacit, one per file, and the ports through which they reach the world."""
