"""What an index promises, tried: each module one promise; imports the public library."""
