"""Who may do what with runs, how much of it, and what is written down of it."""
