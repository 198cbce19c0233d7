"""Time and memory against peers in the same run: `python -m benchmarks`."""
