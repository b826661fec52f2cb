"""How to train: the recipe, and what it can name, one dictionary each, which the loop uses and menus list."""
