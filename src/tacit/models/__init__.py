"""The model store, which fetches, checks and keeps the networks we use, and the engine that runs them."""
