"""The reference connector: a small two-way Salesforce - HubSpot synchronisation on the vendors' own SDKs.

Started as `python -m syncproof.reference`; it knows nothing of the harness or the mocks. See `settings` for the
environment it reads and `bugs` for the mistakes that can be switched on.
"""
