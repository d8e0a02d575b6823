"""Which words of one language stand for which of the other, by the archive's own translations."""
