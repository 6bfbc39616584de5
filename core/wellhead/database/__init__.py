"""PostgreSQL: the server, the wall between tenants, models, migrations and events."""
