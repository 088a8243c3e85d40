"""The adapter of buckets that speak S3's protocol. Nothing else imports `pyarrow.fs` or sees its errors."""

from stores.objects.address import Address, check_endpoint
from stores.objects.client import Objects
from stores.objects.upload import Upload

__all__ = ["Address", "Objects", "Upload", "check_endpoint"]
