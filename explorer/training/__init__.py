"""How a network learns: the recipe, the pictures and the loop that yields events."""
