"""Log ASCII Standard files (CWLS LAS 1.2, 2.0, 3.0), read and written."""
