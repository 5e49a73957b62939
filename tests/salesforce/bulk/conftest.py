"""Bulk jobs as a careful caller drives them, over plain HTTP."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from syncproof_mocks.crm.salesforce import Salesforce

TABLE = {"content-type": "text/csv"}


@dataclass
class Bulk2:
    """Bulk 2.0 at version 59.0."""

    http: httpx.Client

    def create(self, operation: str = "insert", kind: str = "Contact", **more: Any) -> str:
        answer = self.http.post("jobs/ingest", json={"object": kind, "operation": operation, **more})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def upload(self, job: str, table: str) -> httpx.Response:
        return self.http.put(f"jobs/ingest/{job}/batches", content=table.encode(), headers=TABLE)

    def state(self, job: str, state: str) -> httpx.Response:
        return self.http.patch(f"jobs/ingest/{job}", json={"state": state})

    def run(self, table: str, operation: str = "insert", kind: str = "Contact", **more: Any) -> str:
        """Do a whole job and return its id; it has ended."""
        job = self.create(operation, kind, **more)
        assert self.upload(job, table).status_code == 201
        assert self.state(job, "UploadComplete").status_code == 200
        self.end(job)
        return job

    def info(self, job: str) -> dict[str, Any]:
        return dict(self.http.get(f"jobs/ingest/{job}").json())

    def end(self, job: str) -> dict[str, Any]:
        for _ in range(20):
            found = self.info(job)
            if found["state"] in ("JobComplete", "Failed", "Aborted"):
                return found
        raise AssertionError(found)

    def rows(self, job: str, what: str = "successfulResults", delimiter: str = ",") -> list[dict[str, str]]:
        answer = self.http.get(f"jobs/ingest/{job}/{what}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv"), answer.text
        return list(csv.DictReader(io.StringIO(answer.text), delimiter=delimiter))

    def query(self, soql: str, operation: str = "query", **more: Any) -> httpx.Response:
        """Make a query job, wait for its end and return the first page."""
        job = self.http.post("jobs/query", json={"operation": operation, "query": soql, **more})
        assert job.status_code == 200, job.text
        address = f"jobs/query/{job.json()['id']}"
        for _ in range(20):
            if self.http.get(address).json()["state"] == "JobComplete":
                return self.http.get(f"{address}/results")
        raise AssertionError("the job never ends")


@pytest.fixture
def bulk2(http: httpx.Client) -> Bulk2:
    return Bulk2(http)


@dataclass
class Bulk1:
    """Bulk 1.0 at version 59.0; ``form`` is the Content-Type of jobs and rows unless told otherwise."""

    client: httpx.Client
    base: str
    headers: dict[str, str]

    def call(self, method: str, path: str, body: bytes | str = b"", form: str | None = None) -> httpx.Response:
        headers = {**self.headers, **({"content-type": form} if form else {})}
        content = body.encode() if isinstance(body, str) else body
        return self.client.request(method, f"{self.base}/job{path}", content=content or None, headers=headers)


@pytest.fixture
def bulk1(org: Salesforce, plain: httpx.Client) -> Bulk1:
    return Bulk1(plain, f"{org.base_url}/services/async/59.0", {"X-SFDC-Session": org.credentials()["token"]})
