"""Answers by the workers of a Spark cluster."""
