"""Bytes: the `BlobStorage` port and its adapters."""
