"""Chapter 2: which negatives a network needs, which motifs attribution finds."""
