"""The desk's pages of classes and events."""
