"""What several pages show: the network's summary, the button that starts, progress, names."""
