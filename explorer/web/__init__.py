"""What is served beside the pages: routes of its own, and what stands before everything."""
