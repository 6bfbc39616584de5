"""Sparkplug B: births, deaths and commands of edge nodes over an MQTT broker."""
