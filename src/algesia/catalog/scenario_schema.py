"""What a scenario file may say; its JSON Schema is what `algesia schema scenario` prints."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .rules_schema import RulesFile

__all__ = [
    "SCENARIO_SCHEMA",
    "ArmFile",
    "BorrowedSpread",
    "CohortFile",
    "EventTableFile",
    "ObservationFile",
    "SamplingFile",
    "ScenarioFile",
]

SCENARIO_SCHEMA = "algesia/scenario/1"

Name = Annotated[str, Field(min_length=1, max_length=120)]
QuantityText = Annotated[
    str,
    Field(min_length=2, max_length=80, description="A number with its unit, such as '1.5 h'."),
]


CovariateRule = Literal["nocb", "locf", "linear"]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SamplingFile(_Strict):
    """When outputs are looked at: a step, or explicit times."""

    start: QuantityText | None = Field(default=None, alias="from", description="First time.")
    until: QuantityText | None = Field(default=None, description="Last time.")
    every: QuantityText | None = Field(default=None, description="Step between times.")
    times: list[QuantityText] | None = Field(default=None, description="Explicit times.")
    at_doses: bool = Field(
        default=True, description="Whether starts and ends of doses are sampled as well."
    )


class DistributionFile(_Strict):
    """Distribution of one covariate; which keys apply depends on `distribution`."""

    distribution: Literal[
        "normal", "log_normal", "uniform", "bernoulli", "categorical", "fixed"
    ]
    mean: QuantityText | None = None
    sd: QuantityText | None = None
    median: QuantityText | None = None
    log_sd: Annotated[float, Field(gt=0.0)] | None = None
    low: QuantityText | None = None
    high: QuantityText | None = None
    probability: float | None = None
    levels: dict[str, float] | None = None
    value: QuantityText | bool | str | None = None


class CohortFile(_Strict):
    """Who receives: sampled patients, a table of patients, or one typical patient."""

    subjects: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None
    covariates: dict[str, DistributionFile] | None = Field(
        default=None, description="Replaces or adds to the study population of the model."
    )
    table: str | None = Field(
        default=None, description="CSV file of patients, beside this file."
    )
    typical: dict[str, QuantityText | bool | str] | None = Field(
        default=None, description="One patient with these covariates and no random difference."
    )


class EventTableFile(_Strict):
    """A NONMEM-style event table as the regimen."""

    table: str = Field(
        description="CSV file: ID TIME AMT RATE EVID CMT ADDL II SS and covariates."
    )
    compartments: dict[str, str] = Field(
        default_factory=dict, description="Which input of the model each CMT number means."
    )
    covariates: dict[str, str] = Field(
        default_factory=dict,
        description="Which covariate each extra column is, such as WT: weight.",
    )
    covariate_rule: CovariateRule | dict[str, CovariateRule] = Field(
        default="nocb",
        description="What holds between two records, of all covariates or of each: nocb, the "
        "later one's value, locf, the earlier one's, or linear, the line from one to the "
        "other.",
    )


class CatalogueRegimenFile(_Strict):
    """One of the named regimens."""

    named: str
    variant: str | None = None


class BorrowedSpread(_Strict):
    """Random effects taken over from another model, as an assumption of grade D."""

    borrow_from: str = Field(description="Model whose random effects are used.")
    effects: dict[str, str] = Field(
        description="For each parameter of this model, the random effect borrowed."
    )


class ObservationFile(_Strict):
    """Simulated observations, kept apart from true values."""

    limits_of_quantification: dict[str, QuantityText] = Field(default_factory=dict)


class ArmFile(_Strict):
    """One arm."""

    name: Name
    model: str = Field(description="Catalogue entry.")
    companions: list[Name] = Field(
        default_factory=list,
        alias="with",
        max_length=20,
        description="Entries beside it, joined where ports have one name: interacting drugs, "
        "effects. Each dose goes to the entry that takes its drug.",
    )
    condition: Name | None = Field(
        default=None,
        description="Kind of patient: its values replace those of the mechanism entries.",
    )
    values: dict[str, float | QuantityText] = Field(
        default_factory=dict,
        description="Values set to others, as assumptions: a number with its unit, or a plain "
        "one where the value has none. Those of a companion begin with its id.",
    )
    regimen: str | EventTableFile | CatalogueRegimenFile | dict[str, Any] = Field(
        description="Clinical text, a named regimen, an event table, or a structured plan."
    )
    drug: str | None = None
    follow_enantiomer: Literal["S", "R"] | None = Field(
        default=None, description="The dose is the racemate; the model follows one enantiomer."
    )
    outputs: list[str] = Field(default_factory=list)
    cohort: CohortFile | None = None
    sampling: SamplingFile | list[SamplingFile] | None = None
    spread: bool | BorrowedSpread = True
    observations: ObservationFile | None = None
    occasion_gap: QuantityText | None = None
    rules: RulesFile | None = Field(
        default=None, description="Visits, what is seen there, and rules that change the plan."
    )


class ScenarioFile(_Strict):
    """A question for Algesia. Research and education, not dosing advice."""

    schema_: Literal["algesia/scenario/1"] = Field(alias="schema")
    title: Annotated[str, Field(min_length=1, max_length=300)]
    seed: Annotated[int, Field(ge=0)] = 1
    subjects: Annotated[int, Field(ge=1, le=10_000_000)] = 100
    cohort: CohortFile | None = None
    sampling: SamplingFile | list[SamplingFile] | None = None
    relative_tolerance: float = 1e-6
    arms: Annotated[list[ArmFile], Field(min_length=1, max_length=50)]
