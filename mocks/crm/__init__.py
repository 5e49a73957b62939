"""CRM dialects: one folder or file per vendor; the name is the word used in a mapping."""
