"""The command line: reads input, calls one flow, shows the result; holds no rules."""
