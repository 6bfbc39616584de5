"""Completions of wellbores, their zones and perforations."""
