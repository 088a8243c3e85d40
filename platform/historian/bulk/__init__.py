"""Many sensors on one time grid, in bounded memory: what training, back-tests and root cause read."""

from historian.bulk.grid import Figure, Grid
from historian.bulk.query import GridPart, read_grid

__all__ = ["Figure", "Grid", "GridPart", "read_grid"]
