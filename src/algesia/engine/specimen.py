"""The kernels of ``dx/dt = -k x``, written by hand in the shape the generator writes them.

They document what a generated file provides to the steppers and the driver, and let those two
run as ordinary Python, without generation, in a test.
"""

from algesia.arrays import FloatArray

__all__ = [
    "CLOCK",
    "CONSTANTS",
    "ENTRIES",
    "FACTORS",
    "OUTPUTS",
    "STATES",
    "VISIBLE",
    "back_substitute",
    "factorise",
    "outputs",
    "prepare",
    "rhs",
    "rhs_and_jacobian",
]

STATES = 1
"""Number of states with the hidden clock."""
VISIBLE = 1
"""Number of states without it."""
CLOCK = -1
"""Index of the hidden clock, -1 without one."""
OUTPUTS = 1
CONSTANTS = 1
ENTRIES = 1
"""Number of values of the Jacobian."""
FACTORS = 1
"""Number of values of the LU factors."""


def prepare(parameters: FloatArray, constants: FloatArray) -> None:
    """Compute from one parameter row, (P,), what stays constant while it holds."""
    constants[0] = parameters[0]


def rhs(
    state: FloatArray, constants: FloatArray, rates: FloatArray, derivative: FloatArray
) -> None:
    """Derivative of every state, (X,), with the zero-order inputs."""
    derivative[0] = -constants[0] * state[0] + rates[0]


def rhs_and_jacobian(
    state: FloatArray,
    constants: FloatArray,
    rates: FloatArray,
    derivative: FloatArray,
    jacobian: FloatArray,
) -> None:
    """Derivative of every state and the values of the sparse Jacobian."""
    rhs(state, constants, rates, derivative)
    jacobian[0] = -constants[0]


def factorise(shift: float, jacobian: FloatArray, factors: FloatArray) -> None:
    """LU factors of ``shift * I - J``."""
    factors[0] = 1.0 / (shift - jacobian[0])


def back_substitute(factors: FloatArray, vector: FloatArray) -> None:
    """Replace a right-hand side by the solution of the linear system."""
    vector[0] = vector[0] * factors[0]


def outputs(state: FloatArray, constants: FloatArray, values: FloatArray) -> None:
    """Outputs at one state, (O,)."""
    values[0] = state[0]
