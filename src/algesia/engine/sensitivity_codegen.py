"""Writes the Python source of the kernels that solve a program with its sensitivities.

This module imports sympy and is itself imported only when no cached source exists.
"""

from collections.abc import Iterable, Sequence

import sympy

from .codegen import (
    _constants,
    _derivative_stores,
    _function,
    _kernel,
    _loads,
    _numbered,
    _prepare,
    _stores,
    _symbols,
)
from .column_kernels import LANES, column_kernels, contraction
from .factorisation import symbolic_factorisation
from .hoisting import Hoister
from .program import Program
from .sensitivity_symbolic import DifferentiatedSystem, differentiate
from .source_parts import copied_text
from .subexpressions import shared
from .symbolic import Assignment, symbolic_system

__all__ = ["generate_with_columns"]


def generate_with_columns(program: Program, wrt: Sequence[str]) -> str:
    """The source of the kernels of a program and of its derivatives, without its header.

    Parameters
    ----------
    program
        The program; it is solved by Rodas5P whatever its stepper.
    wrt
        Names of the parameters whose derivatives the kernels can calculate.

    Returns
    -------
    str
        Python source in which every function at the top level can run as it is or be compiled.
    """
    system = symbolic_system(program)
    places = [program.parameters.index(name) for name in wrt]
    whole = differentiate(system, [system.parameters[place] for place in places])
    factorisation = symbolic_factorisation(len(system.states), whole.jacobian)
    changing, contract = contraction(whole)
    parts = _state_kernels(whole)
    parts += [
        _function("factorise", "shift, jacobian, factors", factorisation.factorise),
        _function("back_substitute", "factors, vector", factorisation.back_substitute),
        _function("contract", "curvature, direction, change, slopes", contract),
        *column_kernels(whole, factorisation, changing),
    ]
    sizes = {
        "STATES": len(system.states),
        "VISIBLE": len(program.states),
        "CLOCK": len(program.states) if program.uses_time else -1,
        "OUTPUTS": len(system.outputs),
        "ENTRIES": len(whole.jacobian),
        "FACTORS": factorisation.size,
        "LANES": LANES,
        "SIZE": LANES * len(system.states),
        "PARAMETERS_SOUGHT": len(places),
        "SLOPES": len(whole.slopes),
        "BENDS": len(whole.curvature),
        "CHANGES": len(changing),
        "OUTPUT_ENTRIES": len(whole.output_jacobian),
        "OUTPUT_SLOPES": len(whole.output_slopes),
    }
    parts = [
        "from algesia.engine.sensitivity_workspace import ColumnWork, Columns\n",
        "".join(f"{name} = {size}\n" for name, size in sizes.items()),
        copied_text("kernel_functions"),
        copied_text("curvature_functions"),
        *parts,
        copied_text("steppers.rodas5p"),
        copied_text("steppers.rodas5p_columns"),
        copied_text("driver"),
        copied_text("sensitivity_samples"),
        copied_text("sensitivity_driver"),
    ]
    return "\n\n".join(part.strip("\n") + "\n" for part in parts)


def _state_kernels(whole: DifferentiatedSystem) -> list[str]:
    """Kernels at one state: the right-hand side, the outputs, and their derivatives."""
    system = whole.system
    hoister = Hoister(system.parameters)
    # Derivatives of definitions come second: they use the definitions, and each other in order.
    named = [*hoister.split(system.definitions), *hoister.split(whole.named)]

    def numbered(prefix: str, expressions: Iterable[sympy.Expr]) -> list[Assignment]:
        return _numbered(prefix, (hoister.hoist(item) for item in expressions))

    def body(*results: list[Assignment]) -> list[Assignment]:
        wanted = [assignment for result in results for assignment in result]
        return shared([*named, *wanted], _symbols(wanted))

    derivatives = numbered("f__", system.derivatives)
    entries = numbered("j__", whole.jacobian.values())
    slopes = numbered("s__", whole.slopes.values())
    bends = numbered("b__", whole.curvature.values())
    outputs = numbered("o__", system.outputs)
    output_entries = numbered("p__", whole.output_jacobian.values())
    output_slopes = numbered("q__", whole.output_slopes.values())
    bodies = [
        body(derivatives),
        body(derivatives, entries, slopes),
        body(derivatives, entries, slopes, bends),
        body(outputs, output_entries, output_slopes),
    ]
    constants = _constants(bodies, hoister)
    loads = _loads(system, constants)
    store = _derivative_stores(derivatives)
    store_slopes = store + _stores("jacobian", entries) + _stores("slopes", slopes)
    start = "state, constants, rates, derivative"
    more = f"{start}, jacobian, slopes"
    results = "state, constants, values, jacobian, slopes"
    return [
        f"CONSTANTS = {len(constants)}",
        _prepare(system, hoister, constants),
        _kernel("rhs", start, bodies[0], loads) + store,
        _kernel("rhs_and_slopes", more, bodies[1], loads) + store_slopes,
        _kernel("rhs_and_curvature", f"{more}, curvature", bodies[2], loads)
        + store_slopes
        + _stores("curvature", bends),
        _kernel("outputs_and_slopes", results, bodies[3], loads)
        + _stores("values", outputs)
        + _stores("jacobian", output_entries)
        + _stores("slopes", output_slopes),
    ]
