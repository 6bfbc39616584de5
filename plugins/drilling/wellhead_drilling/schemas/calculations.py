"""What the API takes and gives for calculations; each one's inputs are made from its row."""

from collections.abc import Mapping

from marshmallow import fields

from wellhead import sdk
from wellhead_drilling.calculations import CALCULATIONS, Calculation


def _input_schema(calculation: Calculation) -> type[sdk.Schema]:
    """The schema of a calculation's inputs, all of them required but `units`."""
    made = {
        name: sdk.quantity_field(row.quantity, row.low, row.high, row.unit, row.text, required=True)
        for name, row in calculation.inputs.items()
    }
    plain = {name: make() for name, make in calculation.numbers.items()}
    title = "".join(word.capitalize() for word in calculation.name.split("-"))
    units = sdk.choice_field(
        sdk.units.System, "Units of the results; by those of the inputs if left out"
    )
    return type(f"{title}InputSchema", (sdk.Schema,), {**made, **plain, "units": units})


INPUT_SCHEMAS: Mapping[str, type[sdk.Schema]] = {
    name: _input_schema(calculation) for name, calculation in CALCULATIONS.items()
}


class CalculatedSchema(sdk.Schema):
    calculation = fields.String(metadata=sdk.about("Which calculation"))
    results = fields.List(
        fields.Nested(sdk.ResultLineSchema), metadata=sdk.about("What came out, each with its unit")
    )
    formula = fields.String(metadata=sdk.about("The formula, in SI and in the field's units"))
    source = fields.String(metadata=sdk.about("Where the formula is from"))
