"""What is typed about the library."""
