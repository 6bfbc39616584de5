"""The plugin `scada_opcua`: says what there is; asyncua is imported only with the driver."""

from wellhead import sdk

info = sdk.PluginInfo(
    name="scada_opcua",
    version="0.1.0",
    api="1.2",
    requires=("scada",),
    modules=("asyncua", "cryptography"),
    extra="opcua",
)
