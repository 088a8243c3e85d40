"""Many sensors on one time grid, in bounded memory, for training, back-testing and root-cause analysis."""

from historian.bulk.grid import Figure, Grid
from historian.bulk.query import GridPart, read_grid

__all__ = ["Figure", "Grid", "GridPart", "read_grid"]
