"""Plain rules of the field: no database, no window, no paper."""
