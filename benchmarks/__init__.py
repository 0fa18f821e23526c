"""Scripts that measure speed and memory; their figures are in README.md."""
