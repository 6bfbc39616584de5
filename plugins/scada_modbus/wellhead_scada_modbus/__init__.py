"""Modbus TCP for Wellhead: the driver, and a device server for simulated fields."""
