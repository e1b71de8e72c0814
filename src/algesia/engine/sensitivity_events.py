"""`EventSensitivity`: how starting values, events and rows depend on what is differentiated."""

from dataclasses import dataclass, fields

import numpy as np

from algesia.arrays import FloatArray

from .batch import Batch
from .program import Program

__all__ = ["SIZE_OF_VALUE", "EventSensitivity"]

SIZE_OF_VALUE = 0.1
"""Change of a parameter that is looked at unless the caller says another, over its value."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventSensitivity:
    """Derivatives of a batch in W columns: those of the program's parameters, then others.

    Whatever is None does not depend on any column. The others are quantities of which only the
    batch knows, such as a bioavailability, a lag or a duration.

    Attributes
    ----------
    others
        Names of the columns that are not parameters of the program.
    dtime
        Derivatives of the event times, (E, W), h per unit of the column.
    dvalue
        Derivatives of the event values, (E, W); that of a RATE holds until the next one of its
        state, as the rate itself does.
    dinitial
        Derivatives of the initial states, (S, X, W).
    dparameters
        How much the value of each row changes with the column of the parameter, (R, V) for the
        V columns that are parameters; all 1 if None, so that the column is the derivative in a
        shift that all rows have in common.
    size
        Change of each parameter, (S, W), above 0, by which a state is to change by no more than
        its absolute tolerance for its column to count as zero. The error of a column is held
        relative to the column, and absolutely at the tolerance of the state over the size. If
        None it is a tenth of the value of the parameter in the subject's first row, without its
        sign; 0.1 where that is 0, and for the others.
    """

    others: tuple[str, ...] = ()
    dtime: FloatArray | None = None
    dvalue: FloatArray | None = None
    dinitial: FloatArray | None = None
    dparameters: FloatArray | None = None
    size: FloatArray | None = None

    def __post_init__(self) -> None:
        for name in (item.name for item in fields(self) if item.name != "others"):
            given = getattr(self, name)
            if given is None:
                continue
            values = np.ascontiguousarray(given, dtype=np.float64)
            if not np.isfinite(values).all():
                where = tuple(int(axis[0]) for axis in np.nonzero(~np.isfinite(values)))
                raise ValueError(
                    f"{name} at {where} is {values[where]}; expected a finite number"
                )
            object.__setattr__(self, name, values)
        if self.size is not None and not (self.size > 0.0).all():
            raise ValueError(f"size has {self.size.min()}; expected numbers above 0")

    def filled(
        self, program: Program, batch: Batch, wrt: tuple[str, ...]
    ) -> "EventSensitivity":
        """The same with every None replaced by the array it stands for.

        Parameters
        ----------
        program, batch
            What is solved.
        wrt
            Names of the columns that are parameters of the program.

        Raises
        ------
        ValueError
            If a name is not a parameter, or stands twice, or a shape does not fit.
        """
        _check_names(program, wrt, self.others)
        columns, events = len(wrt) + len(self.others), batch.event_time_h.size
        places = [program.parameters.index(name) for name in wrt]
        typical = np.ones((batch.subjects, columns))
        typical[:, : len(wrt)] = np.abs(batch.parameters[batch.start_row][:, places])
        typical[typical == 0.0] = 1.0
        usual = {
            "dtime": np.zeros((events, columns)),
            "dvalue": np.zeros((events, columns)),
            "dinitial": np.zeros((*batch.initial.shape, columns)),
            "dparameters": np.ones((batch.parameters.shape[0], len(wrt))),
            "size": SIZE_OF_VALUE * typical,
        }
        for name, array in usual.items():
            given = getattr(self, name)
            if given is not None and given.shape != array.shape:
                raise ValueError(f"{name} has shape {given.shape}; expected {array.shape}")
        chosen = {
            name: array if getattr(self, name) is None else getattr(self, name)
            for name, array in usual.items()
        }
        return EventSensitivity(others=self.others, **chosen)


def _check_names(program: Program, wrt: tuple[str, ...], others: tuple[str, ...]) -> None:
    for name in wrt:
        if name not in program.parameters:
            raise ValueError(
                f"wrt has '{name}'; expected parameters of the program: "
                f"{', '.join(program.parameters)}"
            )
    for name in others:
        if name in program.parameters:
            raise ValueError(f"others has '{name}', a parameter; expected it in wrt")
    names = [*wrt, *others]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"the column '{twice[0]}' is given twice; expected distinct names")
