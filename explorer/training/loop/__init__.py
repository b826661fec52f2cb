"""The training loop and its parts: from a job to a stream of events."""
