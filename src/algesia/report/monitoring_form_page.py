"""The blank monitoring form as a page to print."""

from collections.abc import Iterator
from html import escape
from typing import Final

from algesia.provenance import NOTICE
from algesia.safety.monitoring_form import FormDomain, form_domains, form_visits
from algesia.safety.screening import Screening

__all__ = ["monitoring_form_page"]

MOST_COLUMNS: Final = 6
BLANK: Final = "day ____"
STYLE: Final = """\
body { font: 11pt/1.35 sans-serif; margin: 1.5cm; color: #111; }
table { border-collapse: collapse; width: 100%; margin: 0 0 0.6cm; page-break-inside: avoid; }
th, td { border: 1px solid #888; padding: 0.12cm 0.2cm; text-align: left; vertical-align: top; }
td.blank { min-width: 1.6cm; }
caption { text-align: left; font-weight: bold; padding: 0.15cm 0; }
.notice { font-weight: bold; }
.small { font-size: 9pt; color: #444; }
@media print { body { margin: 0; } }
"""


def monitoring_form_page(screening: Screening) -> str:
    """Write the form as one page of HTML that needs nothing else.

    Parameters
    ----------
    screening
        The screening whose calendar gives the days; a form has at most six columns, and blank
        ones where the calendar has fewer.

    Returns
    -------
    str
        A whole HTML document. It has no room for a name, a number or a birth date.
    """
    visits = form_visits(screening)
    columns = [f"day {day}, {moment}" for day, moment in visits[:MOST_COLUMNS]]
    left = len(visits) - len(columns)
    columns += [BLANK] * (MOST_COLUMNS - len(columns))
    more = f" {left} more days of the calendar need another sheet." if left > 0 else ""
    body = "\n".join(_table(domain, columns) for domain in form_domains())
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="description" content="{escape(NOTICE)}">
<title>Monitoring form</title>
<style>
{STYLE}</style>
</head>
<body>
<h1>Monitoring form: thinking, bladder, liver</h1>
<p class="notice">{escape(NOTICE)}</p>
<p>Plan: {escape(screening.regimen_text)}. Day 1 is the first dose.{more}</p>
{body}
<p class="small">No name, number or birth date belongs on this sheet. The fields are a choice of
the Algesia project: no validated questionnaire, no score, no limit that calls for anything. No
encoded document gives an interval for these checks in long use.</p>
<p class="notice">{escape(NOTICE)}</p>
</body>
</html>
"""


def _table(domain: FormDomain, columns: list[str]) -> str:
    heads = "".join(f"<th>{escape(column)}</th>" for column in columns)
    rows = "\n".join(_rows(domain, len(columns)))
    return (
        f"<table>\n<caption>{escape(domain.title)}</caption>\n"
        f"<tr><th>question</th><th>answer</th>{heads}</tr>\n{rows}\n</table>"
    )


def _rows(domain: FormDomain, columns: int) -> Iterator[str]:
    blanks = '<td class="blank"></td>' * columns
    for each in domain.fields:
        yield f"<tr><td>{escape(each.asks)}</td><td>{escape(each.answer)}</td>{blanks}</tr>"
