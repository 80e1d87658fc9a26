"""fieldbench: which representation should I use for a signal and a parameter budget?

The library knows nothing of Snakemake. Importing this package loads neither numpy nor torch.
"""
