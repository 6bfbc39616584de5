"""The side that receives: edges, their tags as tags of ours, and their readings."""
