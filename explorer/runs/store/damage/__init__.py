"""What is done with a damaged database: it is set aside, and what can be read of it is taken over."""
