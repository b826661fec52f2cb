"""How a network learns: the recipe, the loop that yields events, what a run costs, and what it answers."""
