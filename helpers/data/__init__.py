"""What rooms hand on to each other: motifs, bases, panels of genotypes, splits."""
