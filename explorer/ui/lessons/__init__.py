"""The Claims and Predict pages."""
