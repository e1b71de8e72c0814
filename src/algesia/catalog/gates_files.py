"""Gates on the files of an entry: complete, settled, cited."""

import re
from typing import Final

from .entry import Entry
from .entry_file import read_entry_values
from .exemption import EXEMPTIBLE
from .gate import Issue

__all__ = ["exemptions_known", "files_complete", "no_open_question", "sources_cited"]

_TEXTS: Final = ("README.md", "model.yaml", "values.yaml", "claims.yaml")
_OPEN: Final = re.compile(r"^\s*[-*] \[ \]|\bOPEN:", re.MULTILINE)


def files_complete(entry: Entry) -> list[Issue]:
    """An entry explains itself and has at least one claim."""
    issues = []
    if not entry.readme().strip():
        issues.append(
            Issue(
                gate="files_complete",
                place="README.md",
                message="is missing or empty; expected what the entry is for and for whom",
            )
        )
    if not entry.claims():
        issues.append(
            Issue(
                gate="files_complete",
                place="claims.yaml",
                message="has no claim; expected at least one sentence of the source to confirm",
            )
        )
    return issues


def no_open_question(entry: Entry) -> list[Issue]:
    """No file of an entry has a line that is still open: an empty box, or `OPEN:`."""
    issues = []
    for name in _TEXTS:
        path = entry.folder / name
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        for match in _OPEN.finditer(text):
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            number = text.count("\n", 0, start) + 1
            line = text.splitlines()[number - 1].strip()
            issues.append(
                Issue(
                    gate="no_open_question",
                    place=f"{name}, line {number}",
                    message=f"is still open: {line}; expected it to be settled",
                )
            )
    return issues


def sources_cited(entry: Entry) -> list[Issue]:
    """Every source of an entry is where a value or a claim was read."""
    values = read_entry_values(entry.folder)
    cited = {parameter.reported.source for parameter in values.parameters.values()}
    cited |= {claim.source for claim in entry.claims()}
    return [
        Issue(
            gate="sources_cited",
            place=f"values.yaml, sources.{source.key}",
            message="is cited by no value and no claim; use it or remove it",
        )
        for source in values.sources
        if source.key not in cited
    ]


def exemptions_known(entry: Entry) -> list[Issue]:
    """Only gates that can be exempted are, each with its reason."""
    return [
        Issue(
            gate="exemptions_known",
            place=f"model.yaml, exemptions.{name}",
            message=f"is no exemption; expected one of {', '.join(EXEMPTIBLE)}",
        )
        for name in entry.model.exemptions
        if name not in EXEMPTIBLE
    ]
