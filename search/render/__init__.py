"""Results as text: one module for each kind of result, and one for JSON."""
