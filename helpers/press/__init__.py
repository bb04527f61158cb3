"""How the book is made: results, pages, benchmarks."""
