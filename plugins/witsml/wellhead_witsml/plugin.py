"""WITSML: what rigs and service companies hold in their stores."""

from collections.abc import Sequence

from wellhead import sdk

info = sdk.PluginInfo(
    name="witsml",
    version="0.1.0",
    api="1.2",
    requires=("wells", "well_logs", "historian"),
    after=("drilling",),
    modules=("lxml",),
    extra="witsml",
)


@sdk.hookimpl
def permissions() -> Sequence[sdk.Permission]:
    return [
        sdk.Permission(
            "witsml.read",
            "See WITSML stores, what they hold and what is read of them",
            ("manager", "engineer", "operator", "viewer"),
        ),
        sdk.Permission(
            "witsml.edit", "Set up WITSML stores, import from them and write to them", ("engineer",)
        ),
    ]
