"""Classes and events at the hall (活动): what takes place where and when, and who comes."""
