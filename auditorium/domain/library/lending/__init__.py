"""The farm reading room: copies on the shelf, who has them, what is owed to who has them, and asking for them."""
