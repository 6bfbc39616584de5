"""paho's client without the parts that do not fit an event loop full of messages."""

from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from wellhead_scada_mqtt.broker import ConnectOptions
from wellhead_scada_mqtt.line import Line
from wellhead_scada_mqtt.message import Message, read_message


class Packets(paho.Client):
    """paho without sockets and messages of its own. Both are not for overriding, by their names:
    constraints.txt and the bounds in setup.py hold the version that this was written for.

    inbox: messages that came; count: packets of any sort that came, whole
    """

    def __init__(self, line: Line, options: ConnectOptions) -> None:
        version = MQTTProtocolVersion
        newest = options.version == "5"
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=options.client_id,
            clean_session=None if newest else options.session_expiry == 0,
            protocol=version.MQTTv5 if newest else version.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        self.inbox: list[Message] = []
        self.count = 0
        self._line = line
        self._newest = newest
        self.max_inflight_messages = 0  # MqttClient counts

    def _create_socket(self) -> Any:
        return self._line

    def _packet_handle(self) -> MQTTErrorCode:
        self.count += 1
        return super()._packet_handle()

    def _handle_publish(self) -> MQTTErrorCode:
        packet = self._in_packet
        self.inbox.append(read_message(packet["command"] & 15, packet["packet"], self._newest))
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def ping(self) -> None:
        """Ask the broker for a sign of life."""
        self._send_pingreq()
