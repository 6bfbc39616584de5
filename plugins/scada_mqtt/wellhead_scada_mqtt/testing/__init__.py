"""The test kit of MQTT: a real Mosquitto, and certificates for it."""

from wellhead_scada_mqtt.testing.certificates import Certificates
from wellhead_scada_mqtt.testing.mosquitto import Mosquitto, needs_mosquitto

__all__ = ["Certificates", "Mosquitto", "needs_mosquitto"]
