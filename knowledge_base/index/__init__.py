"""Index snapshots: immutable folders, built beside the live one, switched atomically."""
