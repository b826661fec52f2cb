"""What a process that another one started owes to it and to the computer: it ends with it, and stays within limits."""
