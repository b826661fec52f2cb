"""A package, so that pytest ends what all of it shares, Chromium, with the last test of it."""
