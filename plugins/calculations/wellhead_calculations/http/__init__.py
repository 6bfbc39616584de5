"""/api/v1/tags/calculations."""
