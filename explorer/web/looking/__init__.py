"""What networks see, for the pages that draw it."""
