"""The adapter for S3 buckets. Nothing else imports `pyarrow.fs` or sees its errors."""

from stores.objects.address import Address, check_endpoint
from stores.objects.blobs import Blobs, blobs_at
from stores.objects.client import Objects
from stores.objects.upload import Upload

__all__ = ["Address", "Blobs", "Objects", "Upload", "blobs_at", "check_endpoint"]
