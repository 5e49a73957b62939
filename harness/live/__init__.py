"""A live sandbox (`syncproof sandbox`): `serving` keeps it alive, `api` takes orders for its `session`, `client` gives them.

Nothing is imported here: the commands that speak to a running sandbox need neither mocks nor servers, and answer at once.
"""
