"""The plugin `console`: one page that shows the field's values moving."""
