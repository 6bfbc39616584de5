"""Devices that send by themselves for test_gateway_bad_pushers.py, in a process of their own.

One MQTT broker and one OPC UA server have a clock for each device; a Sparkplug device is a broker
and an edge node of its own. Each device has a line of its own to it. Prints how to reach them; the
lines of the last of each protocol go bad when a line comes in, and at the end of the input the
greatest number of connections that each line ever had is printed. From that line on the broker of
the first Sparkplug device also carries what is no payload, on that device's own topic.
"""

import asyncio
import json
import sys
import time
from importlib import import_module

from wellhead import sdk
from wellhead.testing import Fault, FaultProxy
from wellhead_scada_mqtt.broker import ConnectOptions
from wellhead_scada_mqtt.client import MqttClient
from wellhead_scada_mqtt.door import LoopbackDialer

SERVERS = {
    "mqtt": "wellhead_scada_mqtt.server:MqttServer",
    "opcua": "wellhead_scada_opcua.server:OpcUaServer",
    "sparkplug": "wellhead_scada_mqtt.sparkplug.server:SparkplugServer",
}
ALONE = {"sparkplug"}
"""Of which each device has a server of its own: a host hears all that is on its broker."""
BAD = (Fault.SILENCE, Fault.RESET, Fault.GARBAGE, Fault.REFUSE)
EVERY_S = 0.25


async def main(good: int) -> None:
    devices = []
    lines: dict[str, FaultProxy] = {}
    servers: list[tuple[sdk.DeviceServer, list[int]]] = []
    faults: list[tuple[str, Fault]] = []
    for driver, target in SERVERS.items():
        module, _, name = target.partition(":")
        made: type[sdk.DeviceServer] = getattr(import_module(module), name)
        every = range(good + len(BAD))
        for numbers in [[n] for n in every] if driver in ALONE else [list(every)]:
            server = made()
            points = made.layout([(n, f"D{n:02d}.CLOCK", "float64") for n in numbers])
            port = await server.start("127.0.0.1", 0, points)
            servers.append((server, numbers))
            if driver in ALONE and numbers == [0]:
                spoiled = port
            for point in points:
                bad = point.tag - good
                device = f"{driver} {BAD[bad].value if bad >= 0 else f'good {point.tag}'}"
                line = lines[device] = FaultProxy(port)
                options = made.device_options("127.0.0.1", await line.start())
                devices.append([device, driver, options, dict(point.address)])
                if bad >= 0:
                    faults.append((device, BAD[bad]))
    print(json.dumps(devices), flush=True)
    sending = asyncio.create_task(send(servers))
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.readline)
    for device, fault in faults:
        await lines[device].set(fault)
    spoiling = asyncio.create_task(spoil(spoiled))
    await loop.run_in_executor(None, sys.stdin.read)
    sending.cancel()
    spoiling.cancel()
    print(json.dumps({device: line.most for device, line in lines.items()}), flush=True)


async def send(servers: list[tuple[sdk.DeviceServer, list[int]]]) -> None:
    """The time, to everybody, again and again."""
    due = time.time()
    while True:
        for server, numbers in servers:
            server.publish(dict.fromkeys(numbers, time.time()))
        due += EVERY_S
        await asyncio.sleep(max(due - time.time(), 0))


async def spoil(port: int) -> None:
    """Publish bytes that are no Sparkplug payload, a hundred times a second."""
    options = ConnectOptions(host="127.0.0.1", port=port, client_id="spoiler", version="3.1.1")
    client = MqttClient(options, LoopbackDialer(), 5)
    await client.connect()
    while True:
        client.send("spBv1.0/field/DDATA/rtu/D00", b"\xff" * 64, 0)
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
