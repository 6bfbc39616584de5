"""The gateway process: engine, spool and forwarder, and the database where there is one."""
