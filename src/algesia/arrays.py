"""Array aliases and the axis letters used in every docstring.

Axis letters, subjects always first: **S** subjects, **T** times, **X** states,
**P** parameters, **O** outputs, **D** doses, **E** events, **K** covariates,
**R** rows or draws.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoolArray", "FloatArray", "IntArray"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
