"""The nouns of tacit, as frozen records, with their ids and errors. Imports nothing of ours."""
