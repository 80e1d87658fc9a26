"""What the runs apart from presets analyse: throughput and kernels."""
