"""Records as HTML: one self-contained file each, without scripts and without any reference to the outside."""
