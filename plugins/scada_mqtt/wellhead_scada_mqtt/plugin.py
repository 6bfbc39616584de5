"""The plugin `scada_mqtt`: says what there is; paho is imported only with a driver."""

from wellhead import sdk

info = sdk.PluginInfo(
    name="scada_mqtt",
    version="0.1.0",
    api="1.2",
    requires=("scada",),
    modules=("paho",),
    extra="mqtt",
)
