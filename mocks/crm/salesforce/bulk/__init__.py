"""Bulk API 2.0 (`/jobs/ingest`, `/jobs/query`) and Bulk API 1.0 (`/services/async`): many rows, asynchronously.

How rows travel: `tables` reads CSV, `structured` reads JSON and XML -> `header` says what a column means -> `load` writes
row by row through `saving` (`backlog` lets other callers in between) -> `jobs` keeps what became of each row. Bulk 2.0
is spoken by `ingest`, `ingest_results`, `listing` and `queries`; Bulk 1.0 by `classic_jobs`, `classic_batches` and
`classic_results` in the formats of `classic_wire`. `tabular` turns SOQL into rows of cells for both.
Facts: research `salesforce.md` sections 0 (1, 2, 5-8, 13), 1.8, 1.9 and 2.
"""
