"""Where trained weights are sent to, relative to the app's pages."""

IMPORT_ADDRESS = "open_weights"
