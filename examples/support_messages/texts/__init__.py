"""What the customers of an invented shop write: fragments by language and topic.

A name in braces that `slots.py` knows is filled in; any other brace is a brace.
"""
