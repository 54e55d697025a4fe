"""How the office is kept: tables, transactions, the audit chain, the schema."""
