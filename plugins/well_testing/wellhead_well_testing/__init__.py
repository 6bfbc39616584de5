"""Well testing: tests, gauges, pressure transients, inflow and deliverability."""
