"""How fast this computer trains, measured by real training steps."""
