"""Two programs in, short runs of both watched from inside, where the second trains otherwise out."""
