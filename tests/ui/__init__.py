"""A package, so that pytest ends what the pages share, a folder and its worker, with the last test of them."""
