"""Where runs live: the store, the dispatcher that owns queue and slots, and the worker process."""
