"""Event records the tests here share."""

import numpy as np

from algesia.simulate import EventRecords


def records(rows, *, covariates=None, rule="nocb", subjects=None, **more):
    """Records from (time, evid, amount, rate, input, addl, ii, ss) rows."""
    time_h, kind, amount, rate, into, additional, interval, steady = zip(*rows, strict=True)
    count = len(rows)
    return EventRecords(
        subject=np.zeros(count, dtype=np.int64) if subjects is None else np.asarray(subjects),
        time_h=np.asarray(time_h, dtype=float),
        kind=np.asarray(kind),
        amount_mg=np.asarray(amount, dtype=float),
        rate_mg_per_h=np.asarray(rate, dtype=float),
        compartment=into,
        additional=np.asarray(additional),
        interval_h=np.asarray(interval, dtype=float),
        steady_state=np.asarray(steady),
        covariates={name: np.asarray(v, dtype=float) for name, v in (covariates or {}).items()},
        covariate_rule=rule,
        row=np.arange(2, count + 2),
        origin="doses.csv",
        **more,
    )


def observation(time_h):
    return (time_h, 0, 0.0, 0.0, "", 0, 0.0, 0)
