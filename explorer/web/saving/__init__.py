"""Files that go from the disk to the browser."""
