"""What people can do and see: commands and queries behind one door."""
