"""The question a run is given: a scenario file with changes, or an event table with a model."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from algesia.errors import FileInputError, InputError

if TYPE_CHECKING:
    from algesia.simulate import Scenario

__all__ = ["SCENARIO_ENDINGS", "Question"]

SCENARIO_ENDINGS: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A file and what the command line changes in it.

    Parameters
    ----------
    path
        Scenario file (YAML) or event table (CSV).
    model
        Catalogue entry that an event table is given to.
    subjects
        Number of sampled subjects of every arm, or None for what the file says.
    seed
        Seed of every draw, or None for what the file says.
    """

    path: Path
    model: str | None = None
    subjects: int | None = None
    seed: int | None = None

    def scenario(self) -> "Scenario":
        """Read the file and apply the changes.

        Raises
        ------
        InputError
            If the file cannot be read, or a change has nothing to change.
        """
        ending = self.path.suffix.lower()
        if ending in SCENARIO_ENDINGS:
            content = self._scenario_content()
        elif ending == ".csv":
            content = self._table_content()
        else:
            raise FileInputError(
                f"{self.path} ends in '{self.path.suffix}'; "
                "expected a scenario (.yaml) or an event table (.csv)"
            )
        from algesia.catalog.scenario_file import scenario_of

        return scenario_of(content, where=self.path.name, folder=self.path.resolve().parent)

    def record(self, folder: Path) -> dict[str, Any]:
        """Say what was asked, the file relative to a folder."""
        return {
            "file": os.path.relpath(self.path.resolve(), folder.resolve()),
            "model": self.model,
            "subjects": self.subjects,
            "seed": self.seed,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any], folder: Path) -> "Question":
        """Give the question that a record in a folder is about.

        Raises
        ------
        TypeError
            If the record holds something else.
        """
        file, model = record["file"], record["model"]
        if not isinstance(file, str) or not isinstance(model, str | None):
            raise TypeError("file or model is no text")
        numbers = {name: record[name] for name in ("subjects", "seed")}
        if not all(isinstance(value, int | None) for value in numbers.values()):
            raise TypeError("subjects or seed is no number")
        return cls(path=folder / file, model=model, **numbers)

    def _scenario_content(self) -> object:
        from algesia.formats.yaml_text import read_yaml

        if self.model is not None:
            raise InputError(
                f"--model {self.model} is given with {self.path.name}; "
                "expected it with an event table (.csv) only, a scenario names its models"
            )
        content = read_yaml(self.path)
        return self._changed(content) if isinstance(content, Mapping) else content

    def _changed(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Scenario with the number of subjects and the seed of the command line."""
        changed = dict(content)
        arms = changed.get("arms")
        cohorts = [changed.get("cohort")]
        if isinstance(arms, list):
            changed["arms"] = [dict(arm) if isinstance(arm, Mapping) else arm for arm in arms]
            cohorts += [arm.get("cohort") for arm in arms if isinstance(arm, Mapping)]
        if self.subjects is not None:
            self._refuse_fixed_patients(cohorts)
        for name in ("subjects", "seed"):
            value = getattr(self, name)
            if value is not None:
                changed[name] = value
                for holder in (changed, *(changed.get("arms") or ())):
                    if isinstance(holder, dict):
                        _set_in_cohort(holder, name, value)
        return changed

    def _refuse_fixed_patients(self, cohorts: list[Any]) -> None:
        for cohort in cohorts:
            for kind in ("table", "typical"):
                if isinstance(cohort, Mapping) and cohort.get(kind) is not None:
                    raise InputError(
                        f"--subjects {self.subjects} cannot change a cohort that is a {kind}; "
                        "expected sampled patients"
                    )

    def _table_content(self) -> dict[str, Any]:
        if self.model is None:
            raise InputError(
                f"{self.path.name} is an event table without a model; "
                "expected --model and a catalogue entry"
            )
        if self.subjects is not None:
            raise InputError(
                f"--subjects {self.subjects} is given with {self.path.name}; "
                "an event table brings its own subjects"
            )
        arm = {
            "name": self.path.stem,
            "model": self.model,
            "regimen": {"table": self.path.name},
        }
        return {
            "schema": "algesia/scenario/1",
            "title": self.path.stem,
            "seed": 1 if self.seed is None else self.seed,
            "arms": [arm],
        }


def _set_in_cohort(holder: dict[str, Any], name: str, value: int) -> None:
    """Change a cohort that says so itself; one that does not follows the scenario."""
    cohort = holder.get("cohort")
    if isinstance(cohort, Mapping) and cohort.get(name) is not None:
        holder["cohort"] = {**cohort, name: value}
