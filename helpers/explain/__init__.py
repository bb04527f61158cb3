"""What a network has learned: attributions, filters, knock-outs."""
