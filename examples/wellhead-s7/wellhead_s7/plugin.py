"""The plugin `s7`: says what there is; snap7 is imported only with the driver."""

from collections.abc import Sequence

from wellhead import sdk

info = sdk.PluginInfo(
    name="s7", version="1.0.0", api="1.0", requires=("scada",), modules=("snap7",)
)


@sdk.hookimpl
def drivers() -> Sequence[sdk.Lazy]:
    return [sdk.Lazy("s7", "Siemens S7", "wellhead_s7.driver:S7Driver")]


@sdk.hookimpl
def device_servers() -> Sequence[sdk.Lazy]:
    return [sdk.Lazy("s7", "Siemens S7", "wellhead_s7.server:S7Server")]
