"""Keeping the processes of one machine alive, and ending them cleanly."""
