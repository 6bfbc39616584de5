"""The process `witsml`: it alone talks to stores, follows growing logs and answers requests."""
