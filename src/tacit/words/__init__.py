"""Message catalogues and what people read before they sign: the notice and the licence, in plain words."""
