"""The same Modbus devices read by Wellhead and by other gateways: `make bench-peers`.

A responder in a process of its own is the field. Each gateway is a `Side`: it is told what to read,
started, cut off from where its readings go, killed, and asked at the end what it kept. What the
responder's registers hold tells when it was read, so all are judged by one clock and one sum.
"""
