"""Pay for filming, shares, licences, the ledger and statements. Pure functions over integers; never a float."""
