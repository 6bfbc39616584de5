"""Routes that calculate: inputs with their units in, results with formula, source and units out."""

from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_drilling.calculations import CALCULATIONS, Calculation
from wellhead_drilling.schemas.calculations import INPUT_SCHEMAS, CalculatedSchema

blp = sdk.Blueprint(
    "drilling_calculations",
    url_prefix="/api/v1/drilling/calculations",
    description="Drilling calculations on inputs that are sent",
)


def _register(calculation: Calculation) -> None:
    title = "".join(word.capitalize() for word in calculation.name.split("-"))

    @blp.permission("drilling.read")
    @blp.any_asset
    @blp.doc(
        operationId=f"calculate{title}",
        summary=f"Calculate: {calculation.title.lower()}",
        description=f"{calculation.formula}. {calculation.source}.",
    )
    @blp.arguments(INPUT_SCHEMAS[calculation.name])
    @blp.response(200, CalculatedSchema)
    def post(view: MethodView, data: dict[str, Any]) -> dict[str, Any]:
        return calculated(calculation, data)

    blp.route(f"/{calculation.name}")(type(f"{title}View", (MethodView,), {"post": post}))


def calculated(calculation: Calculation, data: dict[str, Any]) -> dict[str, Any]:
    """The answer to inputs as their schema loads them."""
    values = dict(data)
    asked = values.pop("units", None)
    system = sdk.units.System(asked) if asked else calculation.system_of(values)
    return {
        "calculation": calculation.name,
        "results": calculation.run(values, system),
        "formula": calculation.formula,
        "source": calculation.source,
    }


for _row in CALCULATIONS.values():
    _register(_row)
