"""Writes the Python source of the kernels that solve a program with its sensitivities.

This module imports sympy and is itself imported only when no cached source exists.
"""

from collections.abc import Iterable, Sequence

import sympy

from .codegen import (
    derivative_stores,
    function_text,
    kernel_text,
    load_places,
    numbered,
    prepare_text,
    stores,
    symbols_of,
    used_constants,
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
        function_text("factorise", "shift, jacobian, factors", factorisation.factorise),
        function_text("back_substitute", "factors, vector", factorisation.back_substitute),
        function_text("contract", "curvature, direction, change, slopes", contract),
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

    def hoisted(prefix: str, expressions: Iterable[sympy.Expr]) -> list[Assignment]:
        return numbered(prefix, (hoister.hoist(item) for item in expressions))

    def body(*results: list[Assignment]) -> list[Assignment]:
        wanted = [assignment for result in results for assignment in result]
        return shared([*named, *wanted], symbols_of(wanted))

    derivatives = hoisted("f__", system.derivatives)
    entries = hoisted("j__", whole.jacobian.values())
    slopes = hoisted("s__", whole.slopes.values())
    bends = hoisted("b__", whole.curvature.values())
    outputs = hoisted("o__", system.outputs)
    output_entries = hoisted("p__", whole.output_jacobian.values())
    output_slopes = hoisted("q__", whole.output_slopes.values())
    bodies = [
        body(derivatives),
        body(derivatives, entries, slopes),
        body(derivatives, entries, slopes, bends),
        body(outputs, output_entries, output_slopes),
    ]
    constants = used_constants(bodies, hoister)
    loads = load_places(system, constants)
    store = derivative_stores(derivatives)
    store_slopes = store + stores("jacobian", entries) + stores("slopes", slopes)
    start = "state, constants, rates, derivative"
    more = f"{start}, jacobian, slopes"
    results = "state, constants, values, jacobian, slopes"
    return [
        f"CONSTANTS = {len(constants)}",
        prepare_text(system, hoister, constants),
        kernel_text("rhs", start, bodies[0], loads) + store,
        kernel_text("rhs_and_slopes", more, bodies[1], loads) + store_slopes,
        kernel_text("rhs_and_curvature", f"{more}, curvature", bodies[2], loads)
        + store_slopes
        + stores("curvature", bends),
        kernel_text("outputs_and_slopes", results, bodies[3], loads)
        + stores("values", outputs)
        + stores("jacobian", output_entries)
        + stores("slopes", output_slopes),
    ]
