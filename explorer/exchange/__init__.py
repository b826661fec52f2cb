"""How a network travels: as a link, as PyTorch source out and in, as a notebook, as ONNX; and its trained weights."""
