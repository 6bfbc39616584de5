"""OPC UA for Wellhead: a driver that subscribes, reads, writes and browses, and a device server."""
