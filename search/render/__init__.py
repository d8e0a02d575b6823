"""Results to text: siblings over one result type; import search.hit, and no markup comes before."""
