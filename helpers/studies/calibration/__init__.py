"""Can the interaction test be trusted? Worlds where the answer is known, in parts."""
