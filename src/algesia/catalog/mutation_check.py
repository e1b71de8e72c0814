"""Which slips in the values of an entry nothing would notice, and the record of how many."""

import json
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from multiprocessing import get_context
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from algesia.errors import AlgesiaError, FileInputError, InputError
from algesia.formats import read_yaml
from algesia.model import Model

from .claim import Claim
from .claim_check import check_claim
from .driver import driven
from .entry import Entry, entry_at, entry_folder, entry_hash, entry_ids, ladder_path
from .entry_file import entry_model, read_entry_values
from .gates import GATES
from .mutation import Mutation, mutations_of
from .review import ReviewFile, read_review, reading_of, reviews_folder, settled_names

__all__ = [
    "MutationReport",
    "mutations_path",
    "record_mutations",
    "recorded_mutations",
    "try_mutations",
]

_SCHEMA: Final = "algesia/mutations/1"
_VALUES: Final = "values.yaml"
_GATES_ON_NUMBERS: Final = (
    "names_in_vocabulary",
    "spread_has_form",
    "numbers_plausible",
    "outside_validity_refused",
    "baseline_holds",
    "displaced_baseline_returns",
)
"""Gates that the size of a number can move; the rest look at files, routes and solvers."""
_GATES_ON_SIGNS: Final = ("dose_moves_every_output", "no_negative_amounts")
"""Gates that only another sign can move; they run the model for every route and take long."""
_GATES_ON_SHARES: Final = ("moles_conserved",)
"""Gates that only a share of a dose or a flow can move; they solve the model slowly."""
_SHARE_UNITS: Final = frozenset({"1", "fraction", "%"})
_SHARE_FORMS: Final = frozenset({"estimate", "mean", "median", "fixed", "factor"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationReport:
    """What became of every slip made on purpose in the values of an entry.

    Parameters
    ----------
    id
        Name of the entry.
    content
        Hash of the files the answer rests on, the second reading among them.
    noticed
        How many slips were noticed, by what noticed them first: `loading`, `second reading`,
        `claim` or `gate`.
    unnoticed
        The slips that nothing noticed, in words.
    """

    id: str
    content: str
    noticed: Mapping[str, int]
    unnoticed: tuple[str, ...]

    @property
    def tried(self) -> int:
        """How many slips were made."""
        return sum(self.noticed.values()) + len(self.unnoticed)

    def lines(self) -> tuple[str, ...]:
        """Report in words, one fact per line."""
        counts = ", ".join(f"{count} by {what}" for what, count in self.noticed.items())
        return (
            f"{self.id}: {len(self.unnoticed)} of {self.tried} slips would go unnoticed"
            + (f" (noticed: {counts})" if counts else ""),
            *(f"unnoticed: {each}" for each in self.unnoticed),
        )


def try_mutations(name: str) -> MutationReport:
    """Make every plausible slip in every value of an entry and see what notices it.

    Parameters
    ----------
    name
        Name of the entry.

    Returns
    -------
    MutationReport
        Slips are tried against loading, the second reading, the claims and the gates, in this
        order, up to the first that notices.

    Raises
    ------
    UnknownNameError
        If there is no such entry; the message lists close names.
    """
    return _Trial.of(entry_at(entry_folder(name))).report()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """An entry and all that watches over its values."""

    entry: Entry
    review: ReviewFile | None
    settled: frozenset[str]
    model_data: Any
    values_data: Any
    claims: tuple[Claim, ...]

    @classmethod
    def of(cls, entry: Entry) -> "_Trial":
        folder = reviews_folder(entry)
        values = read_entry_values(entry.folder).parameters
        return cls(
            entry=entry,
            review=None if folder is None else read_review(entry.id, folder),
            settled=settled_names(entry.readme(), values),
            model_data=read_yaml(entry.folder / "model.yaml"),
            values_data=read_yaml(entry.folder / _VALUES),
            claims=entry.claims(),
        )

    def report(self) -> MutationReport:
        noticed: dict[str, int] = {}
        unnoticed = []
        for parameter in read_entry_values(self.entry.folder).parameters.values():
            for mutation in mutations_of(parameter.reported):
                by = self._noticed_by(mutation)
                if by is None:
                    unnoticed.append(str(mutation))
                else:
                    noticed[by] = noticed.get(by, 0) + 1
        return MutationReport(
            id=self.entry.id,
            content=_content(self.entry),
            noticed=dict(sorted(noticed.items())),
            unnoticed=tuple(unnoticed),
        )

    def _noticed_by(self, mutation: Mutation) -> str | None:
        """What notices a slip first, None where nothing does."""
        try:
            mutant = mutation.mutant()
        except InputError:
            return "loading"
        settled = mutation.before.name in self.settled
        if (
            self.review is not None
            and not reading_of(mutant, self.review, settled=settled).passed
        ):
            return "second reading"
        data = self._slipped(mutation)
        try:
            model = entry_model(self.model_data, data, where=self.entry.id)
            model = driven(self.entry.folder, model)
        except AlgesiaError:
            return "loading"
        if any(not _settled(model, claim) for claim in self.claims):
            return "claim"
        gates: tuple[str, ...] = _GATES_ON_NUMBERS
        if mutation.kind == "sign":
            gates += _GATES_ON_SIGNS
        if self._is_share(mutation):
            gates += _GATES_ON_SHARES
        return "gate" if self._a_gate_finds(data, gates) else None

    def _is_share(self, mutation: Mutation) -> bool:
        """Whether a value may be a share of a dose or a flow of a model that is dosed."""
        before = mutation.before
        return (
            bool(self.entry.model.inputs)
            and "moles_conserved" not in self.entry.model.exemptions
            and before.unit in _SHARE_UNITS
            and before.form in _SHARE_FORMS
        )

    def _slipped(self, mutation: Mutation) -> dict[str, Any]:
        """Return the data of `values.yaml` with the slip in it."""
        rows = dict(self.values_data["values"])
        rows[mutation.before.name] = rows[mutation.before.name] | {
            "value": mutation.value,
            "unit": mutation.unit,
            "form": mutation.form,
        }
        data: dict[str, Any] = self.values_data | {"values": rows}
        return data

    def _a_gate_finds(self, data: dict[str, Any], gates: tuple[str, ...]) -> bool:
        """Whether any of some gates finds something in a spoilt copy."""
        with TemporaryDirectory() as place:
            folder = Path(place) / self.entry.id
            copytree(self.entry.folder, folder)
            text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
            (folder / _VALUES).write_text(text, encoding="utf-8")
            try:
                spoilt = entry_at(folder)
                return any(GATES[name](spoilt) for name in gates)
            except AlgesiaError:
                return True


def _settled(model: Model, claim: Claim) -> bool:
    try:
        return check_claim(model, claim).settled
    except (AlgesiaError, ArithmeticError, ValueError):
        return False


def _content(entry: Entry) -> str:
    """Hash of the entry, its README and its second reading."""
    digest = blake2b(entry_hash(entry.folder).encode(), digest_size=16)
    digest.update(entry.readme().encode())
    folder = reviews_folder(entry)
    reading = None if folder is None else folder / f"{entry.id}.yaml"
    if reading is not None and reading.is_file():
        digest.update(reading.read_bytes())
    return digest.hexdigest()


def mutations_path() -> Path:
    """File that holds the record of slips."""
    return ladder_path().parent / "mutations.json"


def recorded_mutations(path: Path | None = None) -> tuple[MutationReport, ...]:
    """Slips as last recorded, one report per entry.

    Raises
    ------
    FileInputError
        If the record cannot be read.
    """
    path = path or mutations_path()
    if not path.is_file():
        return ()
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["entries"]
    except (ValueError, KeyError) as error:
        raise FileInputError(f"{path.name} cannot be read: {error}") from error
    return tuple(
        MutationReport(
            id=name,
            content=row["content"],
            noticed=row["noticed"],
            unnoticed=tuple(row["unnoticed"]),
        )
        for name, row in entries.items()
    )


def record_mutations(
    *, path: Path | None = None, more_accepted: bool = False
) -> tuple[MutationReport, ...]:
    """Try the slips of every entry that changed since the last record, and write it anew.

    Parameters
    ----------
    path
        File to write; that of the catalogue where not given.
    more_accepted
        Whether an entry may let more slips through than recorded before.

    Raises
    ------
    FileInputError
        If an entry lets more slips through than it did and that is not accepted; nothing is
        written then.
    """
    path = path or mutations_path()
    before = {report.id: report for report in recorded_mutations(path)}
    reports = _all_tried(before)
    for report in reports:
        last = before.get(report.id)
        more = 0 if last is None else len(report.unnoticed) - len(last.unnoticed)
        if more > 0 and not more_accepted:
            raise FileInputError(
                f"{report.id}: {len(report.unnoticed)} slips would go unnoticed, {more} more "
                "than recorded; expected a claim or a second reading that notices them"
            )
    record = {
        "schema": _SCHEMA,
        "entries": {
            report.id: {
                "content": report.content,
                "tried": report.tried,
                "noticed": report.noticed,
                "unnoticed": report.unnoticed,
            }
            for report in reports
        },
    }
    path.write_text(
        f"{json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False)}\n",
        encoding="utf-8",
    )
    return reports


def _all_tried(before: Mapping[str, MutationReport]) -> tuple[MutationReport, ...]:
    """Reports of all entries, those that changed tried in processes of their own."""
    with ProcessPoolExecutor(mp_context=get_context("forkserver")) as pool:
        return tuple(pool.map(partial(_tried_or_kept, before), entry_ids()))


def _tried_or_kept(before: Mapping[str, MutationReport], name: str) -> MutationReport:
    last = before.get(name)
    if last is not None and last.content == _content(entry_at(entry_folder(name))):
        return last
    return try_mutations(name)
