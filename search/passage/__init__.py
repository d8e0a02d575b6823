"""The text of a hit: find the matches again, choose passages, pair them with translations."""
