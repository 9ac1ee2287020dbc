"""Pure cryptography: canonical JSON, signatures, envelopes, derived keys, the Merkle tree; touches no disk itself."""
