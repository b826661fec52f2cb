"""What a class does with the networks: claims of the texts held against the trace, and numbers to predict."""
