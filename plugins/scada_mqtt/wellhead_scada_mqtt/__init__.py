"""MQTT brokers as field devices."""
