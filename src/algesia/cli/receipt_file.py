"""The receipt of a run as a JSON file: what was asked, of which file, and what came out."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from algesia.errors import FileInputError

from .answer import json_value
from .question import Question

if TYPE_CHECKING:
    from algesia.simulate.run_summary import RunSummary

__all__ = ["RECEIPT_SCHEMA", "SavedReceipt", "read_receipt", "seal_of", "write_receipt"]

RECEIPT_SCHEMA = "algesia/receipt/1"
_SEAL = "seal"
_SEAL_BYTES = 16
_ROW_TEXTS = ("arm", "output", "measure", "unit")
_ROW_COUNTS = ("n", "missing", "failed")
_ROW_NUMBERS = ("from_h", "to_h", "median", "p05", "p95", "mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReceipt:
    """A receipt that was read from a file.

    Parameters
    ----------
    receipt
        The receipt of the run.
    question
        The file that was run and what the command line changed in it.
    from_h, to_h
        Window of the exposure, h.
    exposure
        Rows of the exposure, with the keys of `ExposureRow`.
    changed
        What a reader must know of a receipt whose seal does not fit; empty where it fits.
    """

    receipt: dict[str, Any]
    question: Question
    from_h: float | None
    to_h: float | None
    exposure: tuple[dict[str, Any], ...]
    changed: str = ""


def seal_of(content: Mapping[str, Any]) -> str:
    """Digest of all that a receipt says, its seal apart, in any order of keys.

    It shows a change by accident or by hand. It is no signature: whoever knows how it is made
    can make it again.

    Parameters
    ----------
    content
        The receipt as plain data.

    Examples
    --------
    >>> seal_of({"a": 1, "b": 2.5}) == seal_of({"b": 2.5, "a": 1, "seal": "old"})
    True
    """
    kept = {name: value for name, value in content.items() if name != _SEAL}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=_SEAL_BYTES).hexdigest()


def write_receipt(
    summary: "RunSummary", question: Question, path: Path, *, force: bool
) -> Path:
    """Write the receipt of a run, whole or not at all.

    Parameters
    ----------
    summary
        The run.
    question
        What was asked; its file is recorded relative to the folder of the receipt.
    path
        File to be written.
    force
        Whether a file that stands there already may be replaced.
    """
    from algesia.formats.output_path import replace_file

    whole = {
        **summary.receipt,
        "question": question.record(path.parent),
        "exposure": {
            "from_h": summary.from_h,
            "to_h": summary.to_h,
            "rows": summary.exposure,
        },
    }
    content = json_value(whole)
    sealed = {**content, _SEAL: seal_of(content)}
    text = json.dumps(sealed, allow_nan=False, indent=2) + "\n"
    with replace_file(path, force=force) as part:
        part.write_text(text, encoding="utf-8")
    return path


def read_receipt(path: Path) -> SavedReceipt:
    """Read a receipt that `write_receipt` wrote.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    FileInputError
        If it cannot be read or is no receipt.
    """
    content = _content(path)
    try:
        exposure = content["exposure"]
        receipt = {name: content[name] for name in content if name not in _OWN_KEYS}
        _require_receipt(receipt)
        return SavedReceipt(
            receipt=receipt,
            question=Question.from_record(content["question"], path.parent),
            from_h=_number(exposure["from_h"]),
            to_h=_number(exposure["to_h"]),
            exposure=tuple(_row(row) for row in exposure["rows"]),
            changed=_changed(content),
        )
    except KeyError as error:
        raise _no_receipt(path, f"'{error.args[0]}' is missing") from None
    except _NoReceiptError as error:
        raise _no_receipt(path, str(error)) from None
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise _no_receipt(path, "a part of it is of another kind than is written") from None


_OWN_KEYS = frozenset({"exposure", "question", _SEAL})


class _NoReceiptError(Exception):
    """A part of a file is not what a receipt has there; the message says which."""


def _content(path: Path) -> dict[str, Any]:
    """The file as plain data of this schema."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refused)
    except OSError as error:
        raise FileInputError(
            f"{path} cannot be read: {error.strerror}; expected a receipt"
        ) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _no_receipt(path, f"it is not JSON at {where}") from None
    except UnicodeDecodeError:
        raise _no_receipt(path, "it is not text") from None
    except _NoReceiptError as error:
        raise _no_receipt(path, str(error)) from None
    except RecursionError:
        raise _no_receipt(path, "it is nested too deeply") from None
    except ValueError:
        raise _no_receipt(path, "it holds a number that cannot be read") from None
    if not isinstance(content, dict):
        raise _no_receipt(path, "it is no JSON object")
    if content.get("schema") != RECEIPT_SCHEMA:
        raise _no_receipt(path, f"its schema is not '{RECEIPT_SCHEMA}'")
    return content


def _refused(name: str) -> NoReturn:
    raise _NoReceiptError(f"it holds {name}, which is no number")


def _no_receipt(path: Path, what: str) -> FileInputError:
    return FileInputError(
        f"{path} is no receipt ({what}); expected a file that `algesia run --receipt` wrote"
    )


def _changed(content: Mapping[str, Any]) -> str:
    """What is wrong with the seal of a receipt; empty where nothing is."""
    if _SEAL not in content:
        return "the receipt has no seal; write it anew with `algesia run --receipt`"
    if content[_SEAL] != seal_of(content):
        return "the receipt was changed after it was written"
    return ""


def _require_receipt(receipt: Mapping[str, Any]) -> None:
    """Refuse a receipt whose parts are not of the kind that is written."""
    arms, versions = receipt["arms"], receipt["versions"]
    if not isinstance(versions, dict):
        raise _NoReceiptError("'versions' is no table of names")
    if not isinstance(arms, list) or not all(isinstance(arm, dict) for arm in arms):
        raise _NoReceiptError("'arms' is no list of arms")
    names = [arm["name"] for arm in arms]
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise _NoReceiptError("its arms do not have a name each")
    if not isinstance(receipt["scenario"], str):
        raise _NoReceiptError("'scenario' is no hash")
    if _number(receipt["relative_tolerance"]) is None:
        raise _NoReceiptError("'relative_tolerance' is no number")


def _row(row: Any) -> dict[str, Any]:
    """One row of the exposure, refused where it holds something else."""
    if not isinstance(row, dict):
        raise _NoReceiptError("a row of its exposure is no table of names")
    for name in _ROW_TEXTS:
        if not isinstance(row[name], str):
            raise _NoReceiptError(f"'{name}' of a row of its exposure is no text")
    for name in _ROW_COUNTS:
        if not isinstance(row[name], int) or isinstance(row[name], bool):
            raise _NoReceiptError(f"'{name}' of a row of its exposure is no whole number")
    for name in _ROW_NUMBERS:
        _number(row[name])
    return row


def _number(value: Any) -> float | None:
    """A finite number or None, else refused."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _NoReceiptError("text stands where a number belongs")
    if not math.isfinite(value):
        raise _NoReceiptError("it holds a number that is not finite")
    return value
