"""Hash of simulated values: the same for any order and any chunks of the same subjects.

Each subject has a digest of its own: BLAKE2b, 128 bits, over its number, its status and its
values, all little-endian. The digests of an arm are added up modulo 2**128. A sum does not
depend on order, and sums of chunks add up to the sum of the whole.
"""

import hashlib

import numpy as np

from algesia.arrays import FloatArray, IntArray

from .trajectories import ArmTrajectories

__all__ = ["MODULUS", "values_hash", "values_sum"]

MODULUS = 2**128
_BYTES = 16
# Two megabytes: what a processor keeps near.
_NUMBERS_PER_PIECE = 262_144


def values_sum(arm: ArmTrajectories) -> int:
    """Sum of the digests of the subjects of an arm, 0 to 2**128 - 1.

    Parameters
    ----------
    arm
        An arm, or some of its subjects; sums of disjoint subjects are added modulo 2**128.
    """
    arrays = [arm.values] if arm.observed is None else [arm.values, arm.observed]
    subjects = arm.subjects.size
    width = sum(array[0].size for array in arrays) if subjects else 0
    step = max(1, _NUMBERS_PER_PIECE // max(1, width))
    total = 0
    for start in range(0, subjects, step):
        kept = slice(start, start + step)
        total += _sum_of_rows(
            arm.subjects[kept], arm.status[kept], [array[kept] for array in arrays]
        )
    return total % MODULUS


def values_hash(total: int, arm: ArmTrajectories) -> str:
    """Hash of an arm: the sum over all its subjects, with its times, outputs and units.

    Parameters
    ----------
    total
        Sum of the digests of all subjects.
    arm
        Any part of the arm, for times and outputs.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    digest = hashlib.blake2b(total.to_bytes(_BYTES, "little"), digest_size=_BYTES)
    digest.update(arm.time_h.astype("<f8").tobytes())
    for output in arm.outputs:
        digest.update(f"{output.name}\n{output.unit}\n".encode())
    return digest.hexdigest()


def _sum_of_rows(subjects: IntArray, status: IntArray, arrays: list[FloatArray]) -> int:
    """Sum of the digests of a few subjects."""
    # Whole numbers in their own bits: nothing below counts with them as numbers.
    people = np.stack([subjects, status], axis=1).astype(np.int64).view(np.float64)
    # One form of zero and one of NaN, so that equal numbers have equal bytes.
    numbers = [array.reshape(len(subjects), -1) + 0.0 for array in arrays]
    for array in numbers:
        array[np.isnan(array)] = np.nan
    text = np.concatenate([people, *numbers], axis=1).astype("<f8", copy=False).tobytes()
    width = len(text) // len(subjects)
    fresh = hashlib.blake2b(digest_size=_BYTES).copy
    digests = []
    for start in range(0, len(text), width):
        digest = fresh()
        digest.update(text[start : start + width])
        digests.append(digest.digest())
    words = np.frombuffer(b"".join(digests), dtype="<u4").reshape(len(digests), -1)
    sums = words.sum(axis=0, dtype=np.uint64).tolist()
    return sum(word << (32 * place) for place, word in enumerate(sums))
