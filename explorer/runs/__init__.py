"""Where runs live: the store, the scheduler that owns the queue and the workers, and the process that trains."""
