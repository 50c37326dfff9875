"""The ways to answer a task's pending requests from a dbt Python model, a module or package for each engine."""
