"""tacit turns hand work, filmed with the worker's yes, into robot skills, and pays the worker whenever one runs."""

__version__ = "0.1.0"
