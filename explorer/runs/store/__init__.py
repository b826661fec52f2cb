"""What is kept of runs: the one SQLite file with the only SQL, and the files beside it."""
