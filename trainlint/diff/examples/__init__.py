"""Functions that data sets are mapped with, held against each other by what they make of examples."""
