"""What a network sees: tensors in, numbers and pictures out."""
