"""Reading one rule of a plan: an amount, what it is, how it is given, how often, how long."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from algesia.errors import RegimenError, UnknownNameError, nearest_names
from algesia.units import conversion_factor, refuse_unknown_drug, substance, substance_names

from .dose import FORMULATION_SYNONYMS, FORMULATIONS
from .dose_unit import dose_unit
from .draft import Draft
from .event import EVENTS
from .limit import Limit, LimitPeriod
from .ramp_words import RAMPS
from .route import BY_SPELLING
from .schedule_words import (
    DOSE_WORDS,
    SCHEDULE_WORDS,
    read_count,
    read_cycle,
    read_days,
    read_doses,
    read_event,
    read_offset,
    whole_number,
)
from .time_text import hours_of, number_text, time_unit
from .tokens import EVERY_HOURS, Reader

__all__ = ["read_limit", "read_part", "read_time"]

FILLER: Final = frozenset(
    {"a", "an", "the", "dose", "doses", "each", "per", "of", "as", "given", "by", "via", "to",
     "continuous", "continuously", "injection", "treatment", "session", "preparation", ",", "(",
     ")", "."}
)  # fmt: skip
SALTS: Final = MappingProxyType(
    {"hydrochloride": "hydrochloride", "hcl": "hydrochloride", "hydrobromide": "hydrobromide",
     "hbr": "hydrobromide", "sulfate": "sulfate", "sulphate": "sulfate", "base": "base"}
)  # fmt: skip
REACTIVE: Final = MappingProxyType(
    {"titrate": "titrate_on_effect", "titrated": "titrate_on_effect", "prn": "as_needed",
     "needed": "as_needed", "required": "as_needed", "if": "escalate_if, reduce_if or stop_if",
     "unless": "escalate_if, reduce_if or stop_if", "hold": "hold_if", "held": "hold_if",
     "stop": "stop_if", "reduce": "reduce_if", "stretch": "stretch_while",
     "while": "stretch_while"}
)  # fmt: skip
WATERS: Final = ("monohydrate", "trihydrate", "pentahydrate", "heptahydrate")
MOST_WORDS_IN_A_NAME: Final = 3

_RINSE: Final = "oral rinse"
_OF_A_NAME = frozenset({"racemic"})
_NOT_FINITE = frozenset({"inf", "infinity", "infinite", "nan"})


def read_part(reader: Reader, draft: Draft) -> None:
    """Read the next thing that a rule says.

    Raises
    ------
    RegimenError
        If it is not understood. The message quotes the word and lists close ones.
    UnknownNameError
        If it is a drug known by name only. The message gives the reason.
    """
    token = reader.peek()
    # A route first, for "by mouth" begins with a word that means nothing alone.
    if token is None or _read_route(reader, draft) or reader.accept(*FILLER):
        return
    if token.kind == "number":
        _read_number(reader, draft)
    elif token.name in WORDS:
        # "racemic ketamine" is a name, "ketamine racemate" a name and a word about it.
        if token.name in _OF_A_NAME and _read_drug(reader, draft):
            return
        reader.take()
        WORDS[token.name](reader, draft)
    elif EVERY_HOURS.fullmatch(token.text):
        draft.say("every_h", float(reader.take().text[1:-1]))
    elif not (_read_formulation(reader, draft) or read_event(reader, draft)
              or read_days(reader, draft) or _read_drug(reader, draft)):  # fmt: skip
        time_unit(token.name)
        if token.name in REACTIVE:
            raise RegimenError(
                f"'{token.text}' reacts to the patient (operator {REACTIVE[token.name]});"
                " expected a plan that is fixed beforehand"
            )
        close = nearest_names(token.text, _vocabulary())
        hint = (
            f"close words: {', '.join(close)}"
            if close
            else "expected a drug, route or schedule"
        )
        if token.text.lower().lstrip("+-") in _NOT_FINITE:
            raise RegimenError(f"a number is '{token.text}'; expected a finite number above 0")
        raise RegimenError(f"'{token.text}' is not understood; {hint}")


def read_time(reader: Reader, what: str) -> float:
    """Read a length of time such as `40 min` or `2 weeks`, h."""
    value = reader.expect("number", f"{what} such as 40 min or 2 weeks").value
    unit = reader.expect("time_unit", "a unit of time: s, min, h, days or weeks")
    return hours_of(value, unit.name)


def _read_number(reader: Reader, draft: Draft) -> None:
    """Read an amount with its unit, a number of times, or a number of doses."""
    if reader.at_kind("dose_unit", 1):
        value = reader.take().value
        unit = reader.take().name
        if draft.amount is not None:
            raise RegimenError(
                f"one rule has two amounts ({draft.amount:g} {draft.unit}, {value:g} {unit});"
                " expected 'then' between two rules, or 'plus' between two drugs"
            )
        draft.amount, draft.unit = value, unit
        return
    readings = (read_count, read_doses, read_offset, read_cycle)
    if any(read(reader, draft) for read in readings):
        return
    number = reader.take()
    raise RegimenError(
        f"{reader.shown()} stands after '{number.text}'; expected a unit such as mg, mg/kg or"
        " mg/kg/h, or 'times a day', 'doses'"
    )


def _read_route(reader: Reader, draft: Draft) -> bool:
    """Read a route or its abbreviation, of up to three words."""
    for count in (3, 2, 1):
        words = _words(reader, count)
        # "in" is a route in capitals only, so the text as written is tried before lower case.
        found = BY_SPELLING.get(words) or BY_SPELLING.get(words.lower()) if words else None
        if found is not None:
            # "PO oral rinse" is a rinse: what is spat out is not swallowed.
            if {found, draft.route} == {"oral", _RINSE}:
                draft.route = found = _RINSE
            draft.say("route", found)
            reader.place += count
            return True
    return False


def _read_formulation(reader: Reader, draft: Draft) -> bool:
    """Read a formulation, singular or plural."""
    for count in (3, 2, 1):
        words = _words(reader, count).lower()
        for name in (words, words.removesuffix("s")):
            if name in FORMULATIONS or name in FORMULATION_SYNONYMS:
                draft.say("formulation", FORMULATION_SYNONYMS.get(name, name))
                reader.place += count
                return True
    return False


def _read_drug(reader: Reader, draft: Draft) -> bool:
    """Read the name of a substance, of up to three words, or of a salt."""
    token = reader.peek()
    if token is not None and token.name in SALTS:
        form = SALTS[reader.take().name]
        water = reader.peek()
        if reader.accept(*WATERS) and water is not None:
            form = f"{form}_{water.name}"
        draft.say("form", form)
        return True
    for count in range(MOST_WORDS_IN_A_NAME, 0, -1):
        words = _words(reader, count)
        if not words or any(word in SALTS for word in words.lower().split()):
            continue
        refuse_unknown_drug(words)
        try:
            found = substance(words).name
        except UnknownNameError:
            continue
        draft.say("drug", found)
        reader.place += count
        return True
    return False


def _words(reader: Reader, count: int) -> str:
    """Give the next words as written, or nothing if there are fewer."""
    tokens = [reader.peek(ahead) for ahead in range(count)]
    if any(token is None or token.kind != "word" for token in tokens):
        return ""
    return " ".join(token.text for token in tokens if token is not None)


def _over(reader: Reader, draft: Draft) -> None:
    """`over 40 min`: the length of an infusion."""
    draft.say("over_h", read_time(reader, "a length"))


def _for(reader: Reader, draft: Draft) -> None:
    """`for 4 weeks` or `for 8 doses`."""
    reader.skip("a", "another", "further")
    if not read_doses(reader, draft):
        draft.lengths_h.append(read_time(reader, "a length, or a number of doses,"))


def _bolus(reader: Reader, draft: Draft) -> None:
    """`bolus` or `push`."""
    reader.skip("dose", "injection")
    draft.bolus = True


def _loading(reader: Reader, draft: Draft) -> None:
    """`loading dose`: at once, unless the rule says over how long."""
    reader.skip("dose", "infusion")
    draft.loading = True


def _infusion(reader: Reader, draft: Draft) -> None:
    """`infusion`: a length is needed."""
    del reader
    draft.infusion = True


def _max(reader: Reader, draft: Draft) -> None:
    """`max 50 mg`, `max 25 mg/h`, `max 60 mg a day` or `max 6 doses a day`."""
    reader.skip("of", "dose", "rate")
    value = reader.expect(
        "number", "a largest dose such as 50 mg, or rate such as 25 mg/h"
    ).value
    if reader.accept(*DOSE_WORDS):
        draft.limits.append(Limit(period=_needed_period(reader), doses=whole_number(value)))
        return
    unit = dose_unit(reader.expect("dose_unit", "mg or mg/h").name)
    period = "day" if unit.text.endswith("/day") else _period(reader)
    if period is not None:
        mass = unit.text.removesuffix("/day")
        draft.limits.append(Limit(period=period, amount=value, unit=mass))
    elif unit.row_unit != "mg":
        raise RegimenError(
            f"max is in {unit.text}; expected mg for each dose, or mg/h, or a period such as"
            f" '{number_text(value)} {unit.text} a day'"
        )
    elif unit.rate:
        draft.say("cap_rate_mg_per_h", value * conversion_factor(unit.text, "mg/h"))
    else:
        draft.say("cap_mg", value * unit.factor)


def read_limit(reader: Reader) -> Limit:
    """Read a limit for a period, such as `60 mg a day`."""
    draft = Draft()
    reader.skip("max")
    _max(reader, draft)
    if not draft.limits:
        raise RegimenError(
            f"'{reader.before()}' has no period; expected one such as 60 mg a day"
        )
    return draft.limits[0]


def _period(reader: Reader) -> LimitPeriod | None:
    """Read `a day`, `per week` or `a course`; None leaves the place as it was."""
    place = reader.place
    reader.skip("a", "per", "in", "/", "any", "one", "of", "the", "whole")
    periods: tuple[LimitPeriod, ...] = ("day", "week", "course")
    for period in periods:
        if reader.accept(period):
            return period
    if reader.accept("all", "total"):
        return "course"
    reader.place = place
    return None


def _needed_period(reader: Reader) -> LimitPeriod:
    """Read a period that must stand here."""
    period = _period(reader)
    if period is None:
        raise RegimenError(
            f"{reader.shown()} stands after '{reader.before()}'; expected 'a day', 'a week' or"
            " 'a course'"
        )
    return period


def _no(reader: Reader, draft: Draft) -> None:
    """`no max`."""
    if not reader.accept("max", "maximum", "cap"):
        raise RegimenError(f"{reader.shown()} stands after 'no'; expected 'max'")
    draft.uncapped = True


def _racemate(reader: Reader, draft: Draft) -> None:
    """`racemic` or `racemate`: the drug is one."""
    del reader
    draft.racemate = True


def _any(reader: Reader, draft: Draft) -> None:
    """`any formulation`."""
    if not reader.accept("formulation"):
        raise RegimenError(f"{reader.shown()} stands after 'any'; expected 'formulation'")
    draft.any_formulation = True


def _ideal(reader: Reader, draft: Draft) -> None:
    """`ideal weight`."""
    _weight_word(reader)
    draft.say("basis", "ideal")


def _actual(reader: Reader, draft: Draft) -> None:
    """`actual weight`."""
    _weight_word(reader)
    draft.say("basis", "actual")


def _weight_word(reader: Reader) -> None:
    """Step over `weight` or `body weight`, which must stand here."""
    reader.skip("body")
    if not reader.accept("weight"):
        raise RegimenError(
            f"{reader.shown()} stands after '{reader.before()}'; expected 'weight'"
        )


def _weight(reader: Reader, draft: Draft) -> None:
    """`weight capped at 100 kg`."""
    reader.skip("capped", "cap", "max", "maximum", "at", "of")
    value = reader.expect("number", "a weight such as 100 kg").value
    if not reader.accept("kg"):
        raise RegimenError(f"{reader.shown()} stands after '{value:g}'; expected kg")
    draft.say("basis", "capped")
    draft.say("weight_cap_kg", value)


WORDS: Final[MappingProxyType[str, Callable[[Reader, Draft], None]]] = MappingProxyType(
    {
        **SCHEDULE_WORDS,
        "over": _over,
        "for": _for,
        "bolus": _bolus,
        "push": _bolus,
        "loading": _loading,
        "infusion": _infusion,
        "infused": _infusion,
        "max": _max,
        "maximum": _max,
        "no": _no,
        "any": _any,
        "racemic": _racemate,
        "racemate": _racemate,
        "ideal": _ideal,
        "actual": _actual,
        "weight": _weight,
    }
)


def _vocabulary() -> tuple[str, ...]:
    """Every word that may stand in a rule, for hints."""
    plan = ("then", "plus", "pause", "repeat", "courses", "starting", "concurrent", "with")
    names = (*FORMULATIONS, *substance_names(), *SALTS)
    return (*WORDS, *RAMPS, *EVENTS, *BY_SPELLING, *names, *plan)
