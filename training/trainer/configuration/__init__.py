"""What a run is asked to do: dataclasses, and the loaders that fill them."""
