"""The plugin `scada_opcua`: says what there is; asyncua is imported only with the driver."""

from collections.abc import Sequence

from wellhead import sdk

info = sdk.PluginInfo(
    name="scada_opcua",
    version="0.1.0",
    api="1.2",
    requires=("scada",),
    modules=("asyncua", "cryptography"),
    extra="opcua",
)


@sdk.hookimpl
def drivers() -> Sequence[sdk.Lazy]:
    return [sdk.Lazy("opcua", "OPC UA", "wellhead_scada_opcua.driver:OpcUaDriver")]


@sdk.hookimpl
def device_servers() -> Sequence[sdk.Lazy]:
    return [sdk.Lazy("opcua", "OPC UA", "wellhead_scada_opcua.server:OpcUaServer")]
