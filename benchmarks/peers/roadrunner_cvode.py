"""libroadrunner: CVODE's BDF on a model read as SBML and compiled by LLVM."""

import ast
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from peers.model_text import Model
from peers.segments import Floats, Result, march, segment_times, timed
from problems.dosing_shapes import Shape

PACKAGES = ("libroadrunner",)

OPERATIONS = {
    ast.Add: "plus",
    ast.Sub: "minus",
    ast.Mult: "times",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.USub: "minus",
}


def mathml(node: ast.AST) -> str:
    """Write an expression as content MathML."""
    match node:
        case ast.Expression(body=body):
            return mathml(body)
        case ast.Constant(value=value):
            return _number(value)
        case ast.Name(id=name):
            return f"<ci>{name}</ci>"
        case ast.UnaryOp(op=op, operand=operand):
            return f"<apply><{OPERATIONS[type(op)]}/>{mathml(operand)}</apply>"
        case ast.BinOp(left=left, op=op, right=right):
            return f"<apply><{OPERATIONS[type(op)]}/>{mathml(left)}{mathml(right)}</apply>"
        case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
            return f"<apply><root/>{mathml(inner)}</apply>"
    raise ValueError(f"expression {ast.dump(node)}; expected arithmetic and sqrt")


def _number(value: float) -> str:
    mantissa, _, exponent = f"{float(value):.16e}".partition("e")
    return f'<cn type="e-notation">{mantissa}<sep/>{int(exponent)}</cn>'


def sbml(model: Model) -> str:
    """Write the model as SBML: parameters, assignment rules and rate rules."""
    constants = "".join(
        f'<parameter id={quoteattr(name)} value="1" constant="true"/>'
        for name in model.arguments
    )
    variables = "".join(
        f'<parameter id={quoteattr(name)} value="0" constant="false"/>'
        for name in (*model.states, *(name for name, _ in model.definitions))
    )
    rules = "".join(_rule("assignmentRule", *pair) for pair in model.definitions)
    rules += "".join(
        _rule("rateRule", *pair)
        for pair in zip(model.states, model.full_derivatives, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
        f'<model id="stiff"><listOfParameters>{constants}{variables}</listOfParameters>'
        f"<listOfRules>{rules}</listOfRules></model></sbml>"
    )


def _rule(kind: str, variable: str, text: str) -> str:
    body = mathml(ast.parse(text, mode="eval"))
    space = "http://www.w3.org/1998/Math/MathML"
    return f'<{kind} variable="{variable}"><math xmlns="{space}">{body}</math></{kind}>'


@dataclass
class Solver:
    """The compiled model."""

    model: Model
    runner: Any
    state_places: list[int]
    argument_places: list[int]

    def run(self, shape: Shape, parameters: Floats, tolerance: float) -> Result:
        """Solve patients one after the other."""
        times = segment_times(shape)
        self.runner.integrator.relative_tolerance = tolerance
        self.runner.integrator.absolute_tolerance = tolerance * 1e-3
        return timed(lambda: np.stack([self._patient(shape, times, row) for row in parameters]))

    def _patient(self, shape: Shape, times: list[Floats], row: Floats) -> Floats:
        inner = self.runner.model
        own = self.argument_places[: len(row)]
        inputs = self.argument_places[len(row) :]
        inner.setGlobalParameterValues(own, row)

        def advance(state: Floats, rate: Floats, segment: Floats) -> Floats:
            inner.setGlobalParameterValues(inputs, rate)
            inner.setGlobalParameterValues(self.state_places, state)
            # Nothing depends on time itself: every segment starts at 0.
            inner.setTime(0.0)
            return np.array(self.runner.simulate(times=list(segment - segment[0])))

        return march(shape, self.model, times, advance)


def prepare(model: Model) -> Solver:
    """Compile the model and select the states as the result."""
    import roadrunner

    runner = roadrunner.RoadRunner(sbml(model))
    runner.setIntegrator("cvode")
    runner.integrator.stiff = True
    runner.integrator.maximum_num_steps = 100_000
    runner.timeCourseSelections = list(model.states)
    places = {name: i for i, name in enumerate(runner.model.getGlobalParameterIds())}
    return Solver(
        model=model,
        runner=runner,
        state_places=[places[name] for name in model.states],
        argument_places=[places[name] for name in model.arguments],
    )
