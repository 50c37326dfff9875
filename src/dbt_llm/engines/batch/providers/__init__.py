"""A module for each provider's Batch API, spoken to through the provider's own client."""
