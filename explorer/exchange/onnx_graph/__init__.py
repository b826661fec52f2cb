"""An ONNX file as a chain of layers: its bounds, its graph, and the forms in which exporters write each kind."""
