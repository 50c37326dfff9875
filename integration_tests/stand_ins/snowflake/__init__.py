"""A stand-in for Snowflake: fakesnow with AI_COMPLETE."""
