"""What the workers of a cluster do: they answer slices of the work with a model of their own, and stage what they have."""
