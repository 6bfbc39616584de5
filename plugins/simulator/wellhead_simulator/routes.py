"""POST /api/v1/simulator/faults."""

from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_simulator.control import FaultSchema, send_fault
from wellhead_simulator.field import Fault

blp = sdk.Blueprint(
    "simulator", url_prefix="/api/v1/simulator", description="Faults of the simulated field"
)


@blp.route("/faults")
class FaultsView(MethodView):
    @blp.permission("simulator.control")
    @blp.unlimited_only
    @blp.doc(
        operationId="switchSimulatorFault",
        summary="Switch a fault of the simulated field on or off",
        description="The running simulator hears of it within a second. Faults: comms_loss (the "
        "well's device accepts connections and never answers), stuck_sensor (one signal keeps its "
        "value), pump_trip (the pump stops; off = it starts again).",
    )
    @blp.arguments(FaultSchema)
    @blp.response(202, FaultSchema)
    def post(self, data: dict[str, Any]) -> Fault:
        fault = Fault(**data)
        send_fault(fault, sdk.plugin_config("simulator"))
        sdk.db.session.commit()
        return fault
