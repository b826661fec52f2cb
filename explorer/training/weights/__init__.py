"""How a network stood at steps of its run: its weights, to look inside with."""
