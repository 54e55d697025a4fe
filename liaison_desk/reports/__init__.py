"""The papers, drawn with reportlab from frozen summaries; knows core only."""
