"""Where a number comes from: one published source."""

import re
from dataclasses import dataclass

from algesia.errors import DomainError

__all__ = ["Source"]

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PMID = re.compile(r"[1-9]\d{0,8}")
_URL = re.compile(r"https?://\S+")
_FIRST_YEAR, _LAST_YEAR = 1800, 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A paper, label or report, with an address by which it can be found.

    Parameters
    ----------
    key
        Short name used by values, lower case, such as 'simons_2022'.
    authors
        Authors as printed, such as 'Simons P, Olofsen E, Dahan A'.
    year
        Year of publication, 1800 to 2100.
    title
        Title as printed.
    journal
        Journal, book or publisher.
    doi
        Digital object identifier without its web address, such as '10.1515/pac-2019-0603'.
    pmid
        PubMed identifier, digits.
    url
        Web address, for a source without either.
    note
        What a reader should know, such as a correction or a retraction, and why there is no
        address where there is none.
    """

    key: str
    authors: str
    year: int
    title: str
    journal: str
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise DomainError(
                f"source key is '{self.key}'; expected lower case, digits and underscores"
            )
        for field in ("authors", "title", "journal"):
            if not str(getattr(self, field)).strip():
                raise DomainError(f"source {self.key} has no {field}; expected text")
        if isinstance(self.year, bool) or not _FIRST_YEAR <= self.year <= _LAST_YEAR:
            raise DomainError(
                f"source {self.key} has year {self.year}; "
                f"expected {_FIRST_YEAR} to {_LAST_YEAR}"
            )
        self._refuse_addresses()

    def _refuse_addresses(self) -> None:
        patterns = (
            ("doi", self.doi, _DOI, "a DOI such as '10.1515/pac-2019-0603'"),
            ("pmid", self.pmid, _PMID, "up to nine digits"),
            ("url", self.url, _URL, "an address that begins with http"),
        )
        for field, value, pattern, expected in patterns:
            if value is not None and not pattern.fullmatch(str(value)):
                raise DomainError(
                    f"source {self.key} has {field} '{value}'; expected {expected}"
                )
        if not (self.doi or self.pmid or self.url or (self.note or "").strip()):
            raise DomainError(
                f"source {self.key} has no doi, pmid or url; expected one of them, "
                "or a note that says why there is none"
            )

    @property
    def address(self) -> str:
        """How to find it: doi, else pmid, else url, else the note that says why not."""
        if self.doi:
            return f"doi:{self.doi}"
        if self.pmid:
            return f"pmid:{self.pmid}"
        return self.url or self.note or ""

    def citation(self) -> str:
        """One line: authors, year, title, journal and address.

        Examples
        --------
        >>> weights = Source(key="prohaska_2022", authors="Prohaska T, et al.", year=2022,
        ...     title="Standard atomic weights of the elements 2021",
        ...     journal="Pure and Applied Chemistry", doi="10.1515/pac-2019-0603")
        >>> weights.citation().endswith("Pure and Applied Chemistry. doi:10.1515/pac-2019-0603")
        True
        """
        parts = (f"{self.authors} ({self.year})", self.title, self.journal)
        text = " ".join(part.strip().rstrip(".") + "." for part in parts)
        return " ".join(f"{text} {self.address}".split())
