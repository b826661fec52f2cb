"""What else runs in a process of its own: calibration, downloads, ONNX files, the reading of trained weights."""
