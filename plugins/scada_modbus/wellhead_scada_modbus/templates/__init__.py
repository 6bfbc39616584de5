"""Register maps of devices, each from a public document that it names."""
