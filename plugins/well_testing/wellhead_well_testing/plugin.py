"""Well testing: tests, gauges, pressure transients, inflow and deliverability."""

from collections.abc import Sequence

from wellhead import sdk

info = sdk.PluginInfo(
    name="well_testing",
    version="0.1.0",
    api="1.2",
    requires=("wells", "historian"),
    after=("production",),
)


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "well_testing.read",
            "See well tests, their series and their analyses",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "well_testing.edit",
            "Enter and change well tests, their rates, gauges and series",
            ("engineer", "operator"),
        ),
        sdk.Permission(
            "well_testing.analyse",
            "Keep analyses of well tests",
            ("engineer",),
        ),
        sdk.Permission(
            "well_testing.validate",
            "Validate and reject well tests",
            ("manager", "engineer"),
        ),
    ]
