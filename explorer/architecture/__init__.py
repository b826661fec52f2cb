"""What a network is: its records, its JSON, the modules it builds and the rows it traces to."""
