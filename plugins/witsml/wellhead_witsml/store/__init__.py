"""A small WITSML store, for tests and for the simulated rig: no public one can be run.

It keeps XML as it came and shares none of the client's readers and writers of objects, so that it
notices when the client writes something else than it means.
"""
