"""Where units of work run: a pool of processes on this machine."""
