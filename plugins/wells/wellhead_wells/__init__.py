"""Plugin `wells`: wells and wellbores with their identifiers, datums and status history."""
