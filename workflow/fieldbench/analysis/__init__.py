"""What is computed from tables or models beside scores: intervals, comparisons, rankings."""
