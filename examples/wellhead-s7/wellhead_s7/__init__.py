"""Siemens S7 controllers for Wellhead, by python-snap7: a driver and a device server."""
