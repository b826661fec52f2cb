"""What a run will cost before it starts: time and memory, foretold from a few measured steps."""
