"""What a program's names of torch and of Keras mean, which network it makes, and for which pictures."""
