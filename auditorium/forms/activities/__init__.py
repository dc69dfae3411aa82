"""What the desk types about classes and events."""
