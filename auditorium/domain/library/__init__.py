"""What happens to the library: files, use, lessons, and finding things in it."""
