"""Objects of a store as records of wells, drilling and this plugin: no sockets in here."""
