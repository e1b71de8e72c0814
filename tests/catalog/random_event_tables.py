"""Event tables at random: most could be given, many carry a fault, all are told by a number."""

from dataclasses import dataclass

import numpy as np

COLUMNS = ("ID", "TIME", "EVID", "AMT", "RATE", "CMT", "ADDL", "II", "SS", "WT", "DV")
NEEDLESS = ("AMT", "RATE", "EVID", "CMT", "ADDL", "II", "SS", "WT", "DV")
FAULTY = (
    "nan", "NaN", "inf", "-inf", "-1", "-2", "-3", "-0.5", "0.5", "1.5", "2", "3", "5", "99",
    "1e300", "-1e300", "1e17", "1e-300", "1e308", "1e9", "100000", "99999", "0", "", ".", "abc",
    "1_0", "0x10", "1e", "--", "٣", "-0", "1;2",
)  # fmt: skip
FAULT_SHARE = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomTable:
    """A table as text.

    Parameters
    ----------
    number
        What it was made from.
    text
        The file.
    """

    number: int
    text: str


def random_table(number: int) -> RandomTable:
    """The table of a number, always the same."""
    draw = np.random.default_rng(number)
    rows = [row for subject in range(1 + (draw.random() < 0.1)) for row in subject_rows(
        draw, 2 * number + subject + 1
    )]  # fmt: skip
    header = list(COLUMNS)
    cells = [[shown(row[name]) for name in COLUMNS] for row in rows]
    if draw.random() < FAULT_SHARE:
        for _ in range(draw.integers(1, 3)):
            if all(len(line) == len(header) for line in cells):
                header, cells = with_fault(draw, header, cells)
    lines = [",".join(each) for each in (header, *cells)]
    return RandomTable(number=number, text="\n".join(lines) + "\n")


def shown(value):
    return value if isinstance(value, str) else f"{value:.12g}"


def subject_rows(draw, subject):
    """Rows of one subject in order, as a careful person writes them."""
    time_h, weight, rows = 0.0, float(draw.uniform(50.0, 90.0)), []
    for _ in range(draw.integers(2, 9)):
        kind = int(draw.choice((0, 1, 2, 3, 4), p=(0.40, 0.45, 0.05, 0.04, 0.06)))
        restarts = kind in (3, 4) and draw.random() < 0.4
        gap_h = draw.choice((0.0, 0.1, 0.3, 1.0, 5.0, 12.0, 24.0))
        time_h = 0.0 if restarts else round(time_h + gap_h, 6)
        if draw.random() < 0.25:
            weight = float(draw.uniform(50.0, 90.0))
        row = {
            "ID": subject, "TIME": time_h, "EVID": kind, "AMT": ".", "RATE": ".", "CMT": ".",
            "ADDL": ".", "II": ".", "SS": ".", "WT": weight if draw.random() < 0.9 else ".",
            "DV": ".",
        }  # fmt: skip
        if kind in (1, 4):
            row |= dose(draw)
        rows.append(row)
    rows[0]["WT"] = weight
    rows.append({**rows[-1], "TIME": time_h + 6.0, "EVID": 0, "WT": weight,
                 **dict.fromkeys(("AMT", "RATE", "CMT", "ADDL", "II", "SS"), ".")})  # fmt: skip
    return rows


def dose(draw):
    """Event columns of one dose record."""
    into = int(draw.choice((1, 2, 3), p=(0.3, 0.55, 0.15)))
    amount = float(draw.choice((0.0, 5.0, 20.0, 40.0), p=(0.05, 0.3, 0.4, 0.25)))
    found = {"AMT": amount, "CMT": into}
    if into == 2 and amount and draw.random() < 0.6:
        # Up to 100 h: longer than many an interval.
        found["RATE"] = float(draw.choice((-1.0, -2.0, 0.4, 1.0, 5.0, 20.0, 40.0)))
    if draw.random() < 0.35:
        interval = float(draw.choice((0.1, 4.0, 8.0, 24.0)))
        found |= {"ADDL": int(draw.integers(0, 12)), "II": interval}
    if draw.random() < 0.15 and amount:
        interval = float(draw.choice((4.0, 8.0, 24.0)))
        found |= {"SS": int(draw.choice((1, 2))), "II": interval}
    elif into == 2 and draw.random() < 0.04:
        found = {
            "AMT": 0.0,
            "CMT": 2,
            "SS": 1,
            "II": 0.0,
            "RATE": float(draw.choice((1.0, -1.0))),
        }
    return found


def with_fault(draw, header, cells):
    """A table with something about it changed: most of it cannot be given, some of it can."""
    kind = draw.choice(
        ("cell", "drop", "shuffle", "ragged", "twice", "blank", "late", "words"),
        p=(0.62, 0.1, 0.08, 0.04, 0.03, 0.04, 0.05, 0.04),
    )
    if kind in ("cell", "late", "ragged"):
        return header, with_cell(draw, kind, header, cells)
    column = int(draw.integers(len(header)))
    if kind == "drop":
        gone = str(draw.choice((*NEEDLESS, "ID", "TIME")))
        if gone in header:
            at = header.index(gone)
            header = header[:at] + header[at + 1 :]
            cells = [each[:at] + each[at + 1 :] for each in cells]
    elif kind == "shuffle":
        cells = [cells[place] for place in draw.permutation(len(cells))]
    elif kind == "twice":
        header = [header[0], *header[:-1]]
    elif kind == "blank":
        header = [name if at != column else "" for at, name in enumerate(header)]
    elif kind == "words":
        cells = [[each if at != column else "word" for at, each in enumerate(line)]
                 for line in cells]  # fmt: skip
    return header, cells


def with_cell(draw, kind, header, cells):
    """Rows with one of them changed."""
    row, column = int(draw.integers(len(cells))), int(draw.integers(len(header)))
    if kind == "ragged":
        cells[row] = cells[row][:column]
    elif kind == "cell":
        cells[row][column] = str(draw.choice(FAULTY))
    elif "TIME" in header:
        time = str(draw.choice(("-1", "-1e-9", "1e5", "1e15", "0")))
        cells[row][header.index("TIME")] = time
    return cells
