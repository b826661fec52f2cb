"""Which run trains where and when: the queue, the worker slots, and the one writer of the store."""
