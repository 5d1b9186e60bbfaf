"""Rules for pruning single weights (``weight_pruning``): magnitude per tensor, or over the whole network."""
