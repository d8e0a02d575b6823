"""Plan to ranked documents, computed on whole arrays over one snapshot of the index."""
