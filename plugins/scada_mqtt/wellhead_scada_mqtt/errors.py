"""Why a broker cannot be reached, in words that say what to do."""

import ssl

from paho.mqtt.reasoncodes import ReasonCode

from wellhead import sdk
from wellhead_scada_mqtt.broker import ConnectOptions, NotConfigured

_UNAVAILABLE = frozenset({136, 137})  # server unavailable, server busy: it may work soon


def unreachable(options: ConnectOptions, problem: str) -> sdk.DeviceUnreachable:
    """No connection, or not any more."""
    return sdk.DeviceUnreachable(
        problem,
        field="options.host",
        value=f"{options.host}:{options.port}",
        remedy="Check that the broker runs and is reached on this port, and read its log",
    )


def silent(options: ConnectOptions, seconds: float) -> sdk.DeviceTimeout:
    """It took the connection, if at all, and does not greet."""
    return sdk.DeviceTimeout(
        f"no connection within {seconds:g} s",
        field="options.host",
        value=f"{options.host}:{options.port}",
        remedy="Check that a broker listens there, and whether the line is encrypted (tls)",
    )


def refused(options: ConnectOptions, reason: ReasonCode) -> sdk.DeviceError:
    """The broker said no to the connection."""
    if reason.value in _UNAVAILABLE:
        return unreachable(options, f"the broker refuses the connection: {reason}")
    return NotConfigured(
        f"the broker refuses the connection: {reason}",
        field="options",
        remedy="Correct user name, password, certificate, client id or MQTT version, or the "
        "broker's access list",
    )


def distrusted(options: ConnectOptions, error: ssl.SSLCertVerificationError) -> NotConfigured:
    """The broker's certificate is none that the device's options allow."""
    return NotConfigured(
        f"the broker's certificate is not trusted: {error.verify_message}",
        field="options.host",
        value=f"{options.host}:{options.port}",
        remedy="Give the CA that signed it as ca_file, and the host as its certificate says it",
    )


def not_mqtt(problem: str) -> sdk.DeviceProtocolError:
    """Something answers, but no broker."""
    return sdk.DeviceProtocolError(
        f"what came is not MQTT: {problem}",
        remedy="Check that a broker listens on this port, and the MQTT version",
    )


def not_published(topic: str, reason: ReasonCode) -> sdk.WriteRefused:
    """The broker does not take what was published."""
    return sdk.WriteRefused(
        f"the broker refuses it: {reason}",
        field="topic",
        value=topic,
        remedy="Allow this user to publish there, in the broker's access list",
    )
