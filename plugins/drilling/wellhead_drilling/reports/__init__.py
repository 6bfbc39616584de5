"""Daily drilling reports: what they hold, how they are approved, and what is drawn from them."""
