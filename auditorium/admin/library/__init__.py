"""The admin of the hall's library: channels and topics, resources and what belongs to them."""
