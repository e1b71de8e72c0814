"""Read a scenario file: names become values, texts become quantities, nothing is guessed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from algesia.errors import InputError
from algesia.formats.regimen_yaml import read_regimen
from algesia.formats.yaml_text import read_yaml
from algesia.model import GIVEN, Model
from algesia.population import Cohort
from algesia.regimen import Regimen, parse_regimen
from algesia.simulate import Arm, EventRecords, Sampling, Scenario, Tolerance

from .cohort_file import build_cohort
from .companion import accompanied, lowest_rung
from .condition import condition
from .covariate_use import unused_covariates
from .entry import Entry, entry
from .event_table import drawn_notes, event_records, patients_of
from .opioid_outputs import with_opioid_harm
from .quantity_text import concentration_in, hours
from .regimen_list import regimen_entry
from .rules_file import protocol_of
from .scenario_schema import (
    ArmFile,
    BorrowedSpread,
    CatalogueRegimenFile,
    CohortFile,
    EventTableFile,
    SamplingFile,
    ScenarioFile,
)
from .strict_file import validated
from .values_block import require_in_use, with_values_of

__all__ = ["read_scenario", "scenario_of"]

_REGIMEN_FILES: tuple[tuple[str, type[EventTableFile] | type[CatalogueRegimenFile]], ...] = (
    ("table", EventTableFile),
    ("named", CatalogueRegimenFile),
)


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path
        YAML file of schema `algesia/scenario/1`.

    Raises
    ------
    InputError
        If the file cannot be read or says something that cannot be; one line with file and key.
    """
    file = Path(path)
    return scenario_of(read_yaml(file), where=file.name, folder=file.resolve().parent)


def scenario_of(content: object, *, where: str, folder: Path) -> Scenario:
    """Build a scenario from the content of a file.

    Parameters
    ----------
    content
        What the YAML says.
    where
        Name of the file, for messages.
    folder
        Folder in which the files it names are looked for.
    """
    said = validated(ScenarioFile, content, where=where)
    arms = tuple(
        _arm(said, arm, where=f"{where}: arms.{place}", folder=folder)
        for place, arm in enumerate(said.arms)
    )
    return Scenario(
        title=said.title,
        arms=arms,
        sampling=_sampling(said.sampling, f"{where}: sampling"),
        tolerance=Tolerance(relative=said.relative_tolerance),
    )


def _arm(said: ScenarioFile, arm: ArmFile, *, where: str, folder: Path) -> Arm:
    chosen = [_in_condition(entry(name), arm) for name in (arm.model, *arm.companions)]
    _require_use(chosen, arm, where)
    chosen = with_values_of(chosen, arm.values, f"{where}.values")
    model = _model(chosen, arm, where)
    require_in_use(model, arm.values, f"{where}.values")
    regimen, cohort = _given(said, arm, model, where=where, folder=folder)
    observations = arm.observations
    limits = {} if observations is None else observations.limits_of_quantification
    gap_h = (
        12.0 if arm.occasion_gap is None else hours(arm.occasion_gap, f"{where}.occasion_gap")
    )
    protocol = None if arm.rules is None else protocol_of(arm.rules, model, f"{where}.rules")
    return Arm(
        name=arm.name,
        model=model,
        protocol=protocol,
        regimen=regimen,
        cohort=cohort,
        drug=arm.drug,
        follow=arm.follow_enantiomer,
        outputs=with_opioid_harm(model, tuple(arm.outputs)),
        observations=observations is not None,
        limits_of_quantification={
            name: _limit(model, name, text, f"{where}.observations.{name}")
            for name, text in limits.items()
        },
        sampling=_sampling(arm.sampling, f"{where}.sampling"),
        rung=lowest_rung(chosen),
        notes=(
            *_regimen_notes(arm.regimen),
            *unused_covariates(model, arm.cohort or said.cohort, cohort),
            *(drawn_notes(regimen, model, cohort) if isinstance(regimen, EventRecords) else ()),
            *(misfit for each in chosen for misfit in each.misfits),
        ),
        occasion_gap_h=gap_h,
    )


def _model(chosen: list[Entry], arm: ArmFile, where: str) -> Model:
    """Model of an arm: of its entry, with the spread and the companions it was asked for."""
    main = _with_spread(chosen[0], arm, where)
    if not arm.companions:
        return main
    try:
        return accompanied(main, chosen[1:])
    except InputError as error:
        raise type(error)(f"{where}.with: {error}") from None


def _in_condition(chosen: Entry, arm: ArmFile) -> Entry:
    """Entry with the values of the condition of an arm, if it has one."""
    from dataclasses import replace

    if arm.condition is None:
        return chosen
    return replace(chosen, model=condition(arm.condition).applied(chosen.model))


def _require_use(chosen: list[Entry], arm: ArmFile, where: str) -> None:
    """Refuse a condition that no entry of the arm has values of."""
    if arm.condition is None:
        return
    known = condition(arm.condition).values
    if not any(each.id in known for each in chosen):
        raise InputError(
            f"{where}.condition: {arm.condition} changes {', '.join(known)}; "
            f"expected one of them beside {', '.join(each.id for each in chosen)}"
        )


def _with_spread(chosen: Entry, arm: ArmFile, where: str) -> Model:
    """Model of an arm with the spread it was asked to borrow."""
    if not isinstance(arm.spread, BorrowedSpread):
        return chosen.model
    lender = entry(arm.spread.borrow_from).model
    try:
        return chosen.model.with_spread_from(lender, arm.spread.effects)
    except InputError as error:
        raise type(error)(f"{where}.spread: {error}") from None


def _given(
    said: ScenarioFile, arm: ArmFile, model: Model, *, where: str, folder: Path
) -> tuple[Regimen | EventRecords, Cohort]:
    """Regimen and cohort of an arm; an event table brings its own patients."""
    from dataclasses import replace

    wanted = arm.cohort or said.cohort or CohortFile()
    for kind in ("typical", "table"):
        if getattr(wanted, kind) is not None and wanted.subjects is not None:
            raise InputError(f"{where}.cohort: {kind} and subjects are given; expected one")
    updates = {
        "subjects": said.subjects if wanted.subjects is None else wanted.subjects,
        "seed": said.seed if wanted.seed is None else wanted.seed,
    }
    wanted = wanted.model_copy(update=updates)
    regimen = _regimen(arm.regimen, model, where=f"{where}.regimen", folder=folder)
    if isinstance(regimen, EventRecords):
        cohort = patients_of(regimen, model, wanted, where=f"{where}.cohort")
    else:
        cohort = build_cohort(model, wanted, folder=folder, where=f"{where}.cohort")
    return regimen, (cohort if arm.spread else replace(cohort, spread=False))


def _regimen(given: Any, model: Model, *, where: str, folder: Path) -> Regimen | EventRecords:
    try:
        if isinstance(given, str):
            return parse_regimen(given)
        kind: object = given
        if isinstance(given, Mapping):
            for key, schema in _REGIMEN_FILES:
                if key in given:
                    kind = validated(schema, given, where=where)
        if isinstance(kind, CatalogueRegimenFile):
            return regimen_entry(kind.named).regimen(kind.variant)
        if isinstance(kind, EventTableFile):
            return event_records(kind, model, folder=folder)
        return read_regimen(given, where=where)
    except InputError as error:
        message = str(error)
        raise type(error)(
            message if message.startswith(where) else f"{where}: {error}"
        ) from None


def _regimen_notes(given: Any) -> tuple[str, ...]:
    """What a reader must know about a named regimen: its marks, figures and assumptions."""
    if isinstance(given, Mapping):
        given = (
            validated(CatalogueRegimenFile, given, where="regimen")
            if "named" in given
            else None
        )
    if not isinstance(given, CatalogueRegimenFile):
        return ()
    named = regimen_entry(given.named)
    marks = "".join(f", {mark}" for mark in named.marks)
    notes = [
        f"regimen {named.id}: figures {named.verification}, expressed {named.expressed}{marks}"
    ]
    notes += [f"regimen {named.id}: assumed {each}" for each in named.assumptions]
    if named.hazard is not None:
        notes.append(f"regimen {named.id}: {named.hazard}")
    return tuple(notes)


def _sampling(given: SamplingFile | list[SamplingFile] | None, where: str) -> Sampling | None:
    if given is None:
        return None
    parts = given if isinstance(given, list) else [given]
    if not parts:
        raise InputError(f"{where} is an empty list; expected at least one part")
    pieces = []
    start_h = 0.0
    for place, part in enumerate(parts):
        piece = _sampling_part(part, start_h, f"{where}.{place}" if len(parts) > 1 else where)
        start_h = float(piece.times_h[-1])
        pieces.append(piece)
    times_h = np.unique(np.concatenate([piece.times_h for piece in pieces]))
    return Sampling(times_h=times_h, at_doses=all(piece.at_doses for piece in pieces))


def _sampling_part(part: SamplingFile, start_h: float, where: str) -> Sampling:
    if part.times is not None:
        if part.every or part.until or part.start:
            raise InputError(f"{where}: times and a step are given; expected one of the two")
        times = [hours(text, f"{where}.times.{place}") for place, text in enumerate(part.times)]
        return Sampling(times_h=np.asarray(times), at_doses=part.at_doses)
    if part.every is None or part.until is None:
        raise InputError(f"{where}: expected `every` and `until`, or `times`")
    from_h = start_h if part.start is None else hours(part.start, f"{where}.from")
    return Sampling.every(
        hours(part.every, f"{where}.every"),
        until_h=hours(part.until, f"{where}.until"),
        from_h=from_h,
        at_doses=part.at_doses,
    )


def _limit(model: Model, name: str, text: str, where: str) -> float:
    output = model.output(name)
    drug = model.drug if output.substance == GIVEN else output.substance
    return concentration_in(text, output.unit, drug, where)
