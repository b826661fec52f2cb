"""The commands of `python -m explorer`, one file each; torch is imported by those that need it when they run."""
