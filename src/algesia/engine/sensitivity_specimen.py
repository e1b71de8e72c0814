"""The sensitivity kernels of ``dx/dt = -k x``, written by hand as the generator writes them.

As with `specimen`, they document what a generated file provides, and let stepper and driver run
as ordinary Python, without generation, in a test. The one parameter is k.
"""

from algesia.arrays import FloatArray

from .specimen import rhs_and_jacobian

__all__ = [
    "BENDS",
    "CHANGES",
    "LANES",
    "OUTPUT_ENTRIES",
    "OUTPUT_SLOPES",
    "PARAMETERS_SOUGHT",
    "SIZE",
    "SLOPES",
    "add_output_slopes",
    "add_slopes",
    "back_substitute_columns",
    "column_products",
    "contract",
    "output_columns",
    "outputs_and_slopes",
    "rhs_and_curvature",
    "rhs_and_slopes",
]

LANES = 1
"""Columns in a block."""
SIZE = 1
"""Length of a block, lanes times states."""
PARAMETERS_SOUGHT = 1
"""Number of columns that are parameters of the program, V; the first ones."""
SLOPES = 1
"""Number of derivatives of the right-hand side in those parameters."""
BENDS = 1
"""Number of second derivatives."""
CHANGES = 1
"""Number of values of the Jacobian that change with the state, at least 1."""
OUTPUT_ENTRIES = 1
OUTPUT_SLOPES = 1


def rhs_and_slopes(
    state: FloatArray,
    constants: FloatArray,
    rates: FloatArray,
    derivative: FloatArray,
    jacobian: FloatArray,
    slopes: FloatArray,
) -> None:
    """Derivative of every state, the sparse Jacobian, and derivatives in the parameters."""
    rhs_and_jacobian(state, constants, rates, derivative, jacobian)
    slopes[0] = -state[0]


def rhs_and_curvature(  # noqa: PLR0913, PLR0917 - in the order of every kernel
    state: FloatArray,
    constants: FloatArray,
    rates: FloatArray,
    derivative: FloatArray,
    jacobian: FloatArray,
    slopes: FloatArray,
    curvature: FloatArray,
) -> None:
    """The same with second derivatives, in states and in a state and a parameter."""
    rhs_and_slopes(state, constants, rates, derivative, jacobian, slopes)
    curvature[0] = -1.0


def contract(
    curvature: FloatArray, direction: FloatArray, change: FloatArray, slopes: FloatArray
) -> None:
    """Changes of the Jacobian along a direction, and those of the slopes added to them."""
    change[0] = 0.0
    slopes[0] += curvature[0] * direction[0]


def column_products(jacobian: FloatArray, change: FloatArray, bench: FloatArray) -> None:
    """Put Jacobian times first and change times second part of a bench into the third."""
    bench[2] = jacobian[0] * bench[0] + change[0] * bench[1]


def add_slopes(slopes: FloatArray, weight: FloatArray, stages: FloatArray, stage: int) -> None:
    """Add the derivatives in the parameters to a stage of their columns."""
    stages[0, stage, 0] += slopes[0] * weight[0]


def back_substitute_columns(factors: FloatArray, block: FloatArray) -> None:
    """Replace the right-hand sides of a block by the solutions of the linear systems."""
    block[0] = block[0] * factors[0]


def outputs_and_slopes(
    state: FloatArray,
    constants: FloatArray,
    values: FloatArray,
    jacobian: FloatArray,
    slopes: FloatArray,
) -> None:
    """Outputs at one state and their derivatives in states and parameters."""
    values[0] = state[0]
    jacobian[0] = 1.0
    slopes[0] = 0.0


def output_columns(jacobian: FloatArray, block: FloatArray, result: FloatArray) -> None:
    """Derivatives of the outputs, (O, LANES), by way of the states of a block."""
    result[0, 0] = jacobian[0] * block[0]


def add_output_slopes(slopes: FloatArray, weight: FloatArray, result: FloatArray) -> None:
    """Add the outputs' own derivatives in the parameters, (O, W)."""
    result[0, 0] += slopes[0] * weight[0]
