"""The File and Open menus: what is saved of a network, and what is opened."""
