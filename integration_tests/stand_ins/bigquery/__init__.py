"""A stand-in for BigQuery: bqemulator, with its gaps closed and AI functions answered by an OpenAI-compatible endpoint."""
