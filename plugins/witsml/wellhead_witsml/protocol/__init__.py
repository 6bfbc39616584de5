"""The WITSML store interface as a client speaks it: no Flask and no database in here."""
