"""The process that trains: orders in, events out."""
