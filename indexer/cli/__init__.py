"""The commands that write or check an index, and what all commands share."""
