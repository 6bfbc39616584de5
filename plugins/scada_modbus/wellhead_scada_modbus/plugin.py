"""The plugin `scada_modbus`: says what there is; pyserial is imported only with the driver."""

from collections.abc import Sequence

from wellhead import sdk

info = sdk.PluginInfo(
    name="scada_modbus",
    version="0.1.0",
    api="1.2",
    requires=("scada",),
    modules=("serial",),
    extra="modbus",
)


@sdk.hookimpl
def drivers() -> Sequence[sdk.Lazy]:
    return [sdk.Lazy("modbus", "Modbus TCP and RTU", "wellhead_scada_modbus.driver:ModbusDriver")]


@sdk.hookimpl
def device_servers() -> Sequence[sdk.Lazy]:
    return [sdk.Lazy("modbus", "Modbus TCP", "wellhead_scada_modbus.server:ModbusServer")]


@sdk.hookimpl
def device_templates() -> Sequence[str]:
    return ["wellhead_scada_modbus.templates"]
