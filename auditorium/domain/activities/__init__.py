"""Classes and events at the hall (活动).

Lock order: rooms by id → activity → villagers by id; a path may skip a level and never goes back.
"""
