"""What is asked of several runs: races, sweeps, and settings that are known. Nothing here trains."""
