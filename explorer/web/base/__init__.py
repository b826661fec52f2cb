"""What the pages and the routes beside them share."""
