"""The plugin `scada_mqtt`: says what there is; paho is imported only with a driver."""

from collections.abc import Sequence

from wellhead import sdk

info = sdk.PluginInfo(
    name="scada_mqtt",
    version="0.1.0",
    api="1.2",
    requires=("scada",),
    modules=("paho", "google.protobuf"),
    extra="mqtt",
)


@sdk.hookimpl
def drivers() -> Sequence[sdk.Lazy]:
    return [
        sdk.Lazy("mqtt", "MQTT", "wellhead_scada_mqtt.driver:MqttDriver"),
        sdk.Lazy(
            "sparkplug",
            "Sparkplug B over MQTT",
            "wellhead_scada_mqtt.sparkplug.driver:SparkplugDriver",
        ),
    ]


@sdk.hookimpl
def device_servers() -> Sequence[sdk.Lazy]:
    return [
        sdk.Lazy("mqtt", "MQTT", "wellhead_scada_mqtt.server:MqttServer"),
        sdk.Lazy(
            "sparkplug",
            "Sparkplug B over MQTT",
            "wellhead_scada_mqtt.sparkplug.server:SparkplugServer",
        ),
    ]


@sdk.hookimpl(optionalhook=True)
def uplinks() -> Sequence[sdk.Lazy]:
    return [sdk.Lazy("mqtt", "MQTT", "wellhead_scada_mqtt.northward:Northward")]
