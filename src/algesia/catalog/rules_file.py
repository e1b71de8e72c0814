"""Read the `rules` of an arm: texts become steps, conditions and times."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np

from algesia.errors import InputError
from algesia.model import GIVEN, Model, parse
from algesia.regimen import parse_regimen
from algesia.simulate.adherence import Adherence
from algesia.simulate.criterion import parse_criterion
from algesia.simulate.dose_step import Step
from algesia.simulate.protocol import Protocol
from algesia.simulate.rule import Action, Rule
from algesia.simulate.sight import Sight
from algesia.simulate.visit import Visits
from algesia.units import substance

from .quantity_text import concentration_in, hours
from .rules_schema import (
    ActionFile,
    AdherenceFile,
    RuleFile,
    RulesFile,
    SightFile,
    VisitsFile,
)

__all__ = ["protocol_of"]

Built = TypeVar("Built")


def protocol_of(said: RulesFile, model: Model, where: str) -> Protocol:
    """Build the protocol of an arm.

    Parameters
    ----------
    said
        What the file says.
    model
        The model of the arm.
    where
        What to call the place in messages.

    Raises
    ------
    InputError
        If something cannot be; one line with its place in the file.
    """
    priorities = [each.priority for each in said.rules]
    if any(priorities) and not all(priorities):
        unsaid = next(each.name for each in said.rules if each.priority is None)
        raise InputError(
            f"{where}.rules: rule '{unsaid}' has no priority and others have; expected one for "
            "each rule, or for none"
        )
    rules = tuple(
        _rule(each, place + 1, f"{where}.rules.{place}")
        for place, each in enumerate(said.rules)
    )
    sights = tuple(
        _sight(each, model, f"{where}.sees.{place}") for place, each in enumerate(said.sees)
    )
    plans = {
        name: _built(f"{where}.plans.{name}", partial(parse_regimen, text))
        for name, text in said.plans.items()
    }
    adherence = _adherence(said.adherence, f"{where}.adherence")
    visits = _visits(said.visits, f"{where}.visits")
    return _built(
        where,
        lambda: Protocol(
            visits=visits, sights=sights, rules=rules, plans=plans, adherence=adherence
        ),
    )


def _visits(said: VisitsFile, where: str) -> Visits:
    if said.times is not None:
        if said.every or said.until or said.start:
            raise InputError(f"{where}: times and a step are given; expected one of the two")
        times = [hours(text, f"{where}.times.{place}") for place, text in enumerate(said.times)]
        return _built(where, lambda: Visits(times_h=np.asarray(times)))
    if said.every is None or said.until is None:
        raise InputError(f"{where}: expected `every` and `until`, or `times`")
    step_h, until_h = hours(said.every, f"{where}.every"), hours(said.until, f"{where}.until")
    from_h = None if said.start is None else hours(said.start, f"{where}.from")
    return _built(where, lambda: Visits.every(step_h, until_h=until_h, from_h=from_h))


def _sight(said: SightFile, model: Model, where: str) -> Sight:
    error_sd = said.error_sd if said.error_sd is not None else 0.0
    if isinstance(error_sd, str):
        known = [output.name for output in model.outputs]
        if said.output not in known:
            raise InputError(
                f"{where}.error_sd has a unit, but model '{model.id}' has no output "
                f"'{said.output}'; expected one of its outputs"
            )
        output = model.output(said.output)
        drug = model.drug if output.substance == GIVEN else output.substance
        error_sd = concentration_in(error_sd, output.unit, drug, f"{where}.error_sd")
    low, high = said.scale or (-np.inf, np.inf)
    name = said.name or said.output
    return _built(
        where,
        lambda: Sight(
            name=name,
            shows=said.output,
            error_sd=error_sd,
            low=low,
            high=high,
            oracle=said.oracle,
        ),
    )


def _rule(said: RuleFile, place: int, where: str) -> Rule:
    when = parse_criterion(said.when, where=f"{where}.when")
    then = _action(said.then, f"{where}.then")
    chance = said.probability
    probability = None if chance is None else parse(chance, where=f"{where}.probability")
    not_within_h = (
        0.0 if said.not_within is None else hours(said.not_within, f"{where}.not_within")
    )
    return _built(
        where,
        lambda: Rule(
            name=said.name,
            when=when,
            then=then,
            priority=said.priority or place,
            drug=said.drug,
            at_most_times=said.at_most_times,
            at_most_per_day=said.at_most_per_day,
            at_most_per_week=said.at_most_per_week,
            not_within_h=not_within_h,
            probability=probability,
        ),
    )


def _action(said: ActionFile, where: str) -> Action:
    limits = {"at_least": said.at_least, "at_most": said.at_most}
    if said.dose is None and said.interval is None and any(limits.values()):
        raise InputError(f"{where}: a limit without dose or interval; expected one of the two")
    dose, interval = said.dose, said.interval
    hold_h = None
    if said.hold not in {None, "while"}:
        hold_h = hours(str(said.hold), f"{where}.hold")
    return _built(
        where,
        lambda: Action(
            dose=None if dose is None else Step.of_dose(dose, **limits),
            interval=None if interval is None else Step.of_interval(interval, **limits),
            hold=said.hold == "while",
            hold_h=hold_h,
            stop=said.stop is True,
            resume=said.resume is True,
            switch=said.switch,
            give=None if said.give is None else parse_regimen(said.give),
        ),
    )


def _adherence(said: AdherenceFile | None, where: str) -> Adherence | None:
    if said is None:
        return None
    early_h = 0.0 if said.early_by is None else hours(said.early_by, f"{where}.early_by")
    return _built(
        where,
        lambda: Adherence(
            missed=said.missed,
            doubled=said.doubled,
            early=said.early,
            early_h=early_h,
            drugs=tuple(substance(name).name for name in said.drugs),
        ),
    )


def _built(where: str, build: Callable[[], Built]) -> Built:
    """Build something; a refusal names the place in the file."""
    try:
        return build()
    except InputError as error:
        message = str(error)
        raise type(error)(
            message if message.startswith(where) else f"{where}: {error}"
        ) from None
