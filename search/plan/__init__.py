"""Query tree to plan: the terms, the intervals and the fields that a query asks for."""
