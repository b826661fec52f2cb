"""What networks got wrong: matrices, captions, sheets of pictures."""
