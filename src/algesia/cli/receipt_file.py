"""The receipt of a run as a JSON file: what was asked, of which file, and what came out."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from algesia.errors import FileInputError

from .answer import json_value
from .question import Question

if TYPE_CHECKING:
    from algesia.simulate.run_summary import RunSummary

__all__ = ["RECEIPT_SCHEMA", "SavedReceipt", "read_receipt", "write_receipt"]

RECEIPT_SCHEMA = "algesia/receipt/1"


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
    """

    receipt: dict[str, Any]
    question: Question
    from_h: float | None
    to_h: float | None
    exposure: tuple[dict[str, Any], ...]


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
    text = json.dumps(json_value(whole), allow_nan=False, indent=2) + "\n"
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
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != RECEIPT_SCHEMA:
            raise ValueError(f"schema is {content['schema']!r}")
        exposure = content.pop("exposure")
        question = Question.from_record(content.pop("question"), path.parent)
        receipt = {
            **content,
            "arms": [dict(arm) for arm in content["arms"]],
            "versions": dict(content["versions"]),
        }
        return SavedReceipt(
            receipt=receipt,
            question=question,
            from_h=exposure["from_h"],
            to_h=exposure["to_h"],
            exposure=tuple(dict(row) for row in exposure["rows"]),
        )
    except OSError as error:
        raise FileInputError(
            f"{path} cannot be read: {error.strerror}; expected a receipt"
        ) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise FileInputError(
            f"{path} is no receipt ({type(error).__name__}: {error}); "
            "expected a file that `algesia run --receipt` wrote"
        ) from None
