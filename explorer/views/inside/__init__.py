"""What is seen inside a network, in words and numbers."""
