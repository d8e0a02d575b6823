"""Results to text: one printer for each result and format."""
