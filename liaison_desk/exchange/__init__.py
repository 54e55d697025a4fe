"""Files in and out; knows core only."""
