"""Daily records from files of any length: a decade of a field in one request."""
