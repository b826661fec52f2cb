"""What LeNet-5 of 1998 has and `torch.nn` lacks: its modules, their printed source, and the digits of its output."""
