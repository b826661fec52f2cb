"""How a design travels: as a link, as PyTorch source out and in, as a notebook and as an ONNX file."""
