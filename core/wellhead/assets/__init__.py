"""The plant tree: fields, pads, wells, equipment; plugins bring kinds and hang things on nodes."""
