"""The location of archives requested over HTTP, checked before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from runtime.home import Home


@pytest.mark.parametrize("value", ["/safe/place", "s3://archives/plants", "s3://archives"])
def test_a_folder_or_a_bucket_prefix_is_used_unchanged(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_FOLDER", value)
    assert environment.backup_folder(Home(Path("/home"))) == value


def test_without_one_it_is_in_the_installations_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BACKUP_FOLDER", raising=False)
    assert environment.backup_folder(Home(Path("/home"))) == "/home/backups"


@pytest.mark.parametrize(
    "value", ["gs://archives/plants", "s3://", "s3:///plants", "s3://Archives", "s3://archives/a//b"]
)
def test_an_invalid_value_is_rejected_with_the_variables_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_FOLDER", value)
    with pytest.raises(ImproperlyConfigured, match="BACKUP_FOLDER: "):
        environment.backup_folder(Home(Path("/home")))


@pytest.mark.parametrize("value", ["", "http://127.0.0.1:7070", "https://s3.example.com", "https://s3.example.com/"])
def test_a_bucket_servers_address_is_accepted(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", value)
    assert environment.bucket_endpoint() == value.rstrip("/")


@pytest.mark.parametrize(
    "value", ["s3.example.com", "ftp://s3.example.com", "https://", "https://s3.example.com/bucket"]
)
def test_an_invalid_address_is_rejected_with_the_variables_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", value)
    with pytest.raises(ImproperlyConfigured, match="AWS_ENDPOINT_URL must be"):
        environment.bucket_endpoint()
