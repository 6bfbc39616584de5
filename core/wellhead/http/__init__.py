"""HTTP conventions, written once: envelope, errors, paging, access, OpenAPI."""
