"""What stands before everything: foreign hosts and origins, headers, the bounds of uploads and of open files."""
