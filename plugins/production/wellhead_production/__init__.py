"""Production: facilities, meters, daily volumes, downtime, allocation, the month, decline."""
