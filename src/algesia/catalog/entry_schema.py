"""What the files of a catalogue entry may say: `model.yaml` and `values.yaml`."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from algesia.errors import InputError
from algesia.units import split_quantity

__all__ = [
    "MODEL_SCHEMA",
    "AllometryFile",
    "CategoricalFile",
    "DataColumnFile",
    "DistributionOfStudyFile",
    "DomainFile",
    "DoseRangeFile",
    "DosesUnknownFile",
    "InputFile",
    "LinearAboveFile",
    "ModelFile",
    "ResidualFile",
    "SingleFile",
    "ValidityFile",
    "ValueFile",
    "ValuesFile",
]

MODEL_SCHEMA = "algesia/model/1"


def _number_as_text(value: Any) -> Any:
    """Accept a plain number where a formula stands: `fraction: 1`."""
    return repr(value) if isinstance(value, int | float) and value is not True else value


def _formula_as_mapping(value: Any) -> Any:
    """Accept a definition written as its formula alone."""
    return value if isinstance(value, dict) else {"expression": value}


def _value_as_mapping(value: Any) -> Any:
    """Accept a value written as a quantity alone: an assumption of the file it stands in."""
    if not isinstance(value, str):
        return value
    try:
        number, unit = split_quantity(value)
    except InputError as error:
        raise ValueError(str(error)) from None
    return {
        "value": number,
        "unit": unit,
        "form": "fixed",
        "origin": "assumed",
        "grade": {"kind": "D", "certainty": "low"},
        "note": "stated in the model file without a source",
    }


def _levels_as_mapping(value: Any) -> Any:
    """Accept a domain written as its list of levels alone."""
    return {"levels": value} if isinstance(value, list) else value


def _flag_as_text(value: Any) -> Any:
    """Accept true and false as levels of a flag."""
    return str(value).lower() if isinstance(value, bool) else value


Text = Annotated[str, Field(min_length=1, max_length=4000)]
Formula = Annotated[
    str, BeforeValidator(_number_as_text), Field(description="A formula of the model grammar.")
]
ValueName = Annotated[str, Field(description="Name of a value in values.yaml.")]


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class StateFile(_Strict):
    """One state."""

    unit: Text
    substance: str | None = None
    initial: Formula = "0"
    description: str = ""


class DefinitionFile(_Strict):
    """One definition; the unit is checked where given."""

    expression: Formula
    unit: str | None = None


class FlowFile(_Strict):
    """One flow; `to: null` leaves the system, `from: null` comes from outside."""

    source: str | None = Field(alias="from")
    target: str | None = Field(alias="to")
    rate: Formula
    fraction: Formula | None = None


class OutputFile(_Strict):
    """One output."""

    expression: Formula
    unit: Text
    substance: str | None = None
    form: str = "base"
    site: str | None = None
    description: str = ""


class InputPartFile(_Strict):
    """One share of a dose on its way into one state."""

    into: str
    fraction: Formula = "1"
    duration: Formula | None = Field(default=None, description="Of every dose.")
    rate: Formula | None = Field(default=None, description="Of every dose, mg of base per h.")
    modelled_duration: Formula | None = Field(
        default=None, description="Of a dose that asks for its duration (RATE -2) only."
    )
    modelled_rate: Formula | None = Field(
        default=None, description="Of a dose that asks for its rate (RATE -1) only."
    )
    lag: Formula | None = None


class InputFile(_Strict):
    """One way a dose enters."""

    routes: list[str]
    substances: list[str]
    parts: list[InputPartFile]
    formulations: list[str] = Field(
        default_factory=list, description="Formulations it is for; the usual ones without."
    )
    device_amount: ValueName | None = None
    device_interval: ValueName | None = None
    infusible: bool = False
    compartment: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Its number (CMT) in event tables; its place without."
    )
    description: str = ""


class DataColumnFile(_Strict):
    """A symbol whose value stands in a column of an event table."""

    column: Text
    unit: Text


class PortFile(_Strict):
    """One port."""

    unit: Text
    direction: Literal["in", "out"]
    default: float | None = Field(
        default=None, description="Value of an in port to which nothing is joined, in its unit."
    )
    combine: Literal["product", "sum"] | None = Field(
        default=None, description="What several sources of an in port make; needs a default."
    )


class RandomEffectFile(_Strict):
    """One random effect; the form of its value says SD, variance or CV."""

    parameters: list[str]
    kind: Literal["log_normal", "logit_normal"]
    level: Literal["subject", "occasion"] = "subject"
    value: ValueName


class BlockFile(_Strict):
    """Two random effects that vary together; the form says covariance or correlation."""

    effects: Annotated[list[str], Field(min_length=2, max_length=2)]
    covariance: ValueName | None = None
    correlation: ValueName | None = None


class AllometryFile(_Strict):
    """Parameters that scale with a power of a covariate."""

    kind: Literal["allometry"]
    parameters: list[str]
    covariate: str = "weight"
    reference: ValueName
    exponent: ValueName


class CategoricalFile(_Strict):
    """A factor on a parameter in subjects of one level."""

    kind: Literal["categorical"]
    parameter: str
    covariate: str
    level: Annotated[str, BeforeValidator(_flag_as_text)]
    factor: ValueName


class LinearAboveFile(_Strict):
    """A change of a parameter per unit of a covariate above a threshold."""

    kind: Literal["linear_above"]
    parameter: str
    covariate: str
    threshold: ValueName
    slope: ValueName


CovariateEffectFile = Annotated[
    AllometryFile | CategoricalFile | LinearAboveFile, Field(discriminator="kind")
]


class ResidualFile(_Strict):
    """Residual error of one output; each term names a value."""

    kind: Literal["proportional", "additive", "combined", "log_additive"]
    proportional: ValueName | None = None
    additive: ValueName | None = None
    log_additive: ValueName | None = None


class DomainFile(_Strict):
    """Range or levels of one covariate."""

    low: str | None = Field(default=None, alias="from")
    high: str | None = Field(default=None, alias="to")
    levels: list[str] | None = None


class DoseRangeFile(_Strict):
    """Lowest and highest dose studied by a route; a rate where it was run in."""

    low: Text = Field(alias="from")
    high: Text = Field(alias="to")


class DosesUnknownFile(_Strict):
    """A route of which no range of doses is known: every dose by it is marked."""

    unknown: Text


class ValidityFile(_Strict):
    """For whom and for what the model holds."""

    covariates: dict[str, Annotated[DomainFile, BeforeValidator(_levels_as_mapping)]] = Field(
        default_factory=dict
    )
    population: str = ""
    routes: list[str] = Field(default_factory=list)
    dose: (
        DomainFile | dict[str, DosesUnknownFile | DoseRangeFile | list[DoseRangeFile]] | None
    ) = Field(
        default=None,
        description="Single doses studied: from and to in mg; or by route or formulation, in "
        "mg, mg/kg, mg/h or mg/kg/h, one range or several, or `unknown` with the reason.",
    )
    children: bool = False
    pregnancy: bool = False
    note: str = ""


class DistributionOfStudyFile(_Strict):
    """Distribution of one covariate in the study; each number names a value."""

    distribution: Literal[
        "normal", "log_normal", "uniform", "bernoulli", "categorical", "fixed"
    ]
    mean: ValueName | None = None
    sd: ValueName | None = None
    median: ValueName | None = None
    log_sd: ValueName | None = None
    low: str | None = Field(default=None, description="Name of a value, or a quantity.")
    high: str | None = Field(default=None, description="Name of a value, or a quantity.")
    probability: ValueName | None = None
    value: ValueName | None = None
    levels: dict[str, ValueName] | None = None


class ModelFile(_Strict):
    """The whole of `model.yaml`."""

    version: Literal["algesia/model/1"] = Field(alias="schema")
    id: Text
    title: Text
    drug: Text
    notes: list[str] = Field(default_factory=list)
    states: dict[str, StateFile]
    definitions: dict[str, Annotated[DefinitionFile, BeforeValidator(_formula_as_mapping)]] = (
        Field(default_factory=dict)
    )
    flows: dict[str, FlowFile] = Field(default_factory=dict)
    derivatives: dict[str, Formula] = Field(default_factory=dict)
    outputs: dict[str, OutputFile] = Field(default_factory=dict)
    inputs: dict[str, InputFile] = Field(default_factory=dict)
    ports: dict[str, PortFile] = Field(default_factory=dict)
    data_columns: dict[str, DataColumnFile] = Field(default_factory=dict)
    random_effects: dict[str, RandomEffectFile] = Field(default_factory=dict)
    blocks: list[BlockFile] = Field(default_factory=list)
    covariate_effects: list[CovariateEffectFile] = Field(default_factory=list)
    residuals: dict[str, ResidualFile] = Field(default_factory=dict)
    validity: ValidityFile = Field(default_factory=ValidityFile)
    population: dict[str, DistributionOfStudyFile] = Field(default_factory=dict)
    unknown_routes: dict[str, Text] = Field(
        default_factory=dict,
        description="Routes of which this model knows nothing, with the reason; refused.",
    )
    driven_by: dict[str, list[str]] = Field(
        default_factory=dict,
        description="Of a model without doses of its own: entries that stand beside it in "
        "gates and claims, each with the inputs of it that the gates dose.",
    )
    exemptions: dict[str, Text] = Field(default_factory=dict)


class SourceFile(_Strict):
    """One source."""

    authors: str
    year: int
    title: str
    journal: str
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None
    note: str | None = None


class GradeFile(_Strict):
    """How far a value can be trusted."""

    kind: Literal["A", "B", "C", "D"]
    certainty: Literal["high", "moderate", "low"]


class ValueFile(_Strict):
    """One value as printed."""

    value: float | None
    unit: Text
    form: str
    origin: str
    grade: GradeFile
    source: str = ""
    locator: str = ""
    note: str | None = None
    minimum: float | None = Field(default=None, description="Plausible low end, same unit.")
    maximum: float | None = Field(default=None, description="Plausible high end, same unit.")


class ValuesFile(_Strict):
    """The whole of `values.yaml`."""

    sources: dict[str, SourceFile] = Field(default_factory=dict)
    values: dict[str, ValueFile] = Field(default_factory=dict)


class SingleFile(ModelFile):
    """A model with its values in one file; a value may be a quantity alone."""

    sources: dict[str, SourceFile] = Field(default_factory=dict)
    values: dict[str, Annotated[ValueFile, BeforeValidator(_value_as_mapping)]] = Field(
        default_factory=dict
    )
