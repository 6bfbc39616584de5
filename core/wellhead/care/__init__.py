"""Looking after an installation: what is wrong with it, and taking a plugin's tables away."""
