"""A chilled-water plant computed from physics: a pure function of a seed and the time.

`Plant(seed).samples(start, end, step)` gives every sensor's readings; any two windows agree where they overlap.
"""

from demo.plant.faults import Fault, faults_between
from demo.plant.readings import Plant, Samples

__all__ = ["Fault", "Plant", "Samples", "faults_between"]
