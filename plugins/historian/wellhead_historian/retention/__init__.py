"""How long readings and roll-ups are kept, by the class of their tag."""
