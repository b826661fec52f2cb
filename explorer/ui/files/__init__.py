"""The File menu: what is saved of a network, and what is opened."""
