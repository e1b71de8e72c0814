"""A made-up stiff model of ketamine with 35 states, for measuring the engine; nobody's model.

States: gut, liver, central and two peripheral amounts of the S and R forms; two compartments of
each norketamine; three effect sites (Ce…); hepatic and gut enzyme (EH, EG); receptor block B,
glutamate G, two transit signals M1 and M2, growth factor BD; receptors at the surface (Rs),
inside (Ri) and arrestin (Arr); sensitisation Se, microglia Mic, cytokine IL, synapses Syn,
tolerance T1 and T2, mood and bladder wall. Rates run from 0.0012 to 60 per h. Units: h, mg,
mg/L.
"""

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Batch, EventKind, Program, StepperName

INFUSION_H = 40 / 60
INFUSED_MG = 17.5
HOURS_PER_DAY, DAYS_PER_WEEK, DAYS_PER_YEAR = 24.0, 7, 365

INITIAL = {
    "GutS": 0.0,
    "LivS": 0.0,
    "CenS": 0.0,
    "P1S": 0.0,
    "P2S": 0.0,
    "GutR": 0.0,
    "LivR": 0.0,
    "CenR": 0.0,
    "P1R": 0.0,
    "P2R": 0.0,
    "NS": 0.0,
    "NPS": 0.0,
    "NR": 0.0,
    "NPR": 0.0,
    "CeS": 0.0,
    "CeR": 0.0,
    "CeN": 0.0,
    "EH": 1.0,
    "EG": 1.0,
    "B": 0.0,
    "G": 1.0,
    "M1": 0.0,
    "M2": 0.0,
    "BD": 1.0,
    "Rs": 1.0,
    "Ri": 0.0,
    "Arr": 1.0,
    "Se": 0.0,
    "Mic": 1.0,
    "IL": 1.0,
    "Syn": 1.0,
    "T1": 0.0,
    "T2": 0.0,
    "Mood": 1.0,
    "Uro": 0.0,
}

# Typical value and log standard deviation of the parameters that differ between subjects.
VARYING = {
    "V1S": (30.0, 0.3),
    "V1R": (34.0, 0.3),
    "VmS": (28.0, 0.35),
    "VmR": (22.0, 0.35),
    "ka": (1.8, 0.4),
    "ke0": (9.0, 0.3),
    "EmaxE": (1.6, 0.4),
    "KiS": (0.09, 0.3),
    "EC50B": (0.35, 0.3),
    "ksy": (0.004, 0.3),
    "kint": (2.2, 0.3),
    "CLn": (45.0, 0.3),
}

FIXED = {
    "Qh": 84.0,
    "VL": 1.6,
    "KmS": 0.45,
    "KmR": 0.55,
    "fgS": 0.35,
    "fgR": 0.3,
    "fm": 0.8,
    "Q2": 95.0,
    "V2": 55.0,
    "Q3": 28.0,
    "V3": 130.0,
    "Q2R": 88.0,
    "V2R": 60.0,
    "Q3R": 25.0,
    "V3R": 140.0,
    "VN": 60.0,
    "QN": 50.0,
    "VNP": 110.0,
    "ke0n": 4.0,
    "kdEH": 0.02,
    "kdEG": 0.03,
    "EC50E": 0.15,
    "hE": 1.6,
    "KiR": 0.28,
    "KiN": 0.6,
    "hN": 1.35,
    "kon": 60.0,
    "koff": 14.0,
    "kG": 6.0,
    "aG": 1.8,
    "bG": 0.7,
    "km": 0.5,
    "kb": 0.05,
    "eB": 1.4,
    "hB": 1.7,
    "Kop": 0.6,
    "krec": 0.7,
    "kdR": 0.03,
    "kdRi": 0.12,
    "karr": 1.1,
    "aArr": 1.5,
    "kse": 0.01,
    "kmic": 0.08,
    "kil": 0.5,
    "sIL": 0.35,
    "hI": 1.25,
    "kt1": 0.03,
    "kt2": 0.0012,
    "kmo": 0.03,
    "kur": 0.0015,
}

DEFINITIONS = (
    ("CbS", "CenS/V1S"),
    ("CbR", "CenR/V1R"),
    ("ClS", "LivS/VL"),
    ("ClR", "LivR/VL"),
    ("CnS", "NS/VN"),
    ("CnR", "NR/VN"),
    ("den", "1+ClS/KmS+ClR/KmR"),
    ("metS", "VmS*EH*(ClS/KmS)/den"),
    ("metR", "VmR*EH*(ClR/KmR)/den"),
    ("gS", "ka*GutS"),
    ("gR", "ka*GutR"),
    ("gmS", "gS*fgS*EG/(1+fgS*(EG-1))"),
    ("gmR", "gR*fgR*EG/(1+fgR*(EG-1))"),
    ("Cl", "(0.5*(ClS+ClR+sqrt((ClS+ClR)*(ClS+ClR)+1e-14)))"),
    ("CE", "Cl**hE"),
    ("ind", "EmaxE*CE/(EC50E**hE+CE)"),
    ("U0", "CeS/KiS+CeR/KiR+CeN/KiN"),
    ("U", "(0.5*(U0+sqrt((U0)*(U0)+1e-14)))"),
    ("Uh", "U**hN"),
    ("occ", "Uh/(1+Uh)"),
    ("surge", "aG*occ*(1-occ)*4/(1+bG*T2)"),
    ("opn", "G/(1+G)"),
    ("M2p", "(0.5*(M2+sqrt((M2)*(M2)+1e-14)))"),
    ("Mh", "M2p**hB"),
    ("fB", "eB*Mh/(EC50B**hB+Mh)"),
    ("ag", "(CeS+0.3*CeR)/Kop"),
    ("act", "ag/(1+ag)"),
    ("itn", "kint*act*Rs*Arr"),
    ("ILp", "(0.5*(IL+sqrt((IL)*(IL)+1e-14)))"),
    ("ILh", "ILp**hI"),
    ("fI", "2*ILh/(1+ILh)"),
)

DERIVATIVES = {
    "GutS": "-gS",
    "LivS": "gS-gmS+Qh*(CbS-ClS)-metS",
    "CenS": "Qh*(ClS-CbS)-Q2*(CbS-P1S/V2)-Q3*(CbS-P2S/V3)",
    "P1S": "Q2*(CbS-P1S/V2)",
    "P2S": "Q3*(CbS-P2S/V3)",
    "GutR": "-gR",
    "LivR": "gR-gmR+Qh*(CbR-ClR)-metR",
    "CenR": "Qh*(ClR-CbR)-Q2R*(CbR-P1R/V2R)-Q3R*(CbR-P2R/V3R)",
    "P1R": "Q2R*(CbR-P1R/V2R)",
    "P2R": "Q3R*(CbR-P2R/V3R)",
    "NS": "fm*metS+gmS-CLn*EH*CnS-QN*(CnS-NPS/VNP)",
    "NPS": "QN*(CnS-NPS/VNP)",
    "NR": "fm*metR+gmR-CLn*EH*CnR-QN*(CnR-NPR/VNP)",
    "NPR": "QN*(CnR-NPR/VNP)",
    "CeS": "ke0*(CbS-CeS)",
    "CeR": "ke0*(CbR-CeR)",
    "CeN": "ke0n*(CnS+CnR-CeN)",
    "EH": "kdEH*(1+ind-EH)",
    "EG": "kdEG*(1+0.6*ind-EG)",
    "B": "kon*U*opn*(1-B)-koff*B",
    "G": "kG*(1+surge-0.5*B*(G-0.2)-G)",
    "M1": "km*((G-1)*(G-1)+surge*0.3-M1)",
    "M2": "km*(M1-M2)",
    "BD": "kb*(1+fB-BD)",
    "Rs": "krec*Ri+kdR*(1-Rs)-itn",
    "Ri": "itn-krec*Ri-kdRi*Ri",
    "Arr": "karr*(1+aArr*act-Arr)",
    "Se": "kse*(B*(1+0.5*T1)-Se*(1+0.2*Rs))",
    "Mic": "kmic*(1/(1+1.5*B)+sIL*(fI-1)-Mic)",
    "IL": "kil*(Mic*(1+0.3*Se)-IL)",
    "Syn": "ksy*(BD*BD*(2-Syn)-Syn*(0.5+0.5*ILp))",
    "T1": "kt1*(occ-T1)",
    "T2": "kt2*(T1*2-T2)",
    "Mood": "kmo*(Syn/(1+0.4*Se)*(0.5+0.5*Rs)/(1+0.5*T2)-Mood)",
    "Uro": "kur*((CnS+CnR)*3*(1+Uro)-Uro)",
}


def program(stepper: StepperName = "rodas5p") -> Program:
    """The model; every state is an output."""
    return Program(
        states=tuple(INITIAL),
        parameters=(*VARYING, *FIXED),
        definitions=DEFINITIONS,
        derivatives=tuple(DERIVATIVES[name] for name in INITIAL),
        outputs=tuple((name, name) for name in INITIAL),
        stepper=stepper,
    )


def population(subjects: int, seed: int = 7) -> FloatArray:
    """Parameters of subjects who differ in twelve of them, (S, P)."""
    generator = np.random.default_rng(seed)
    typical = [value for value, _ in VARYING.values()]
    rows = np.tile(np.array([*typical, *FIXED.values()]), (subjects, 1))
    for column, (value, log_sd) in enumerate(VARYING.values()):
        rows[:, column] = value * np.exp(log_sd * generator.standard_normal(subjects))
    return rows


def infusions_for_a_year() -> FloatArray:
    """Starts of 40-minute infusions on Mondays and Thursdays at 09:00 for one year, h."""
    starts = [
        HOURS_PER_DAY * (DAYS_PER_WEEK * week + day) + 9.0
        for week in range(53)
        for day in (0, 3)
    ]
    return np.array([start for start in starts if start + 1.0 < HOURS_PER_DAY * DAYS_PER_YEAR])


def batch(parameters: FloatArray, starts_h: FloatArray, sample_time_h: FloatArray) -> Batch:
    """Every subject gets the same infusions of both forms and the same samples."""
    subjects, states = len(parameters), list(INITIAL)
    into = (states.index("CenS"), states.index("CenR"))
    events = [
        (start + after, index, rate)
        for start in starts_h
        for after, rate in ((0.0, INFUSED_MG / INFUSION_H), (INFUSION_H, 0.0))
        for index in into
    ]
    time, index, value = (np.array(column) for column in zip(*events, strict=True))
    # A sample at the time of an event is taken before it.
    applied = np.searchsorted(time, sample_time_h, side="left")
    return Batch(
        parameters=parameters,
        initial=np.tile(np.array(list(INITIAL.values())), (subjects, 1)),
        start_row=np.arange(subjects),
        start_time_h=np.zeros(subjects),
        event_offset=np.arange(subjects + 1) * len(events),
        event_time_h=np.tile(time, subjects),
        event_kind=np.full(subjects * len(events), EventKind.RATE),
        event_index=np.tile(index.astype(np.int64), subjects),
        event_value=np.tile(value, subjects),
        sample_time_h=np.tile(sample_time_h, (subjects, 1)),
        sample_event=np.tile(applied, (subjects, 1)),
    )
