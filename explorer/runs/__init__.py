"""Where runs live: the store, the scheduler that owns queue and slots, and the worker process that trains."""
