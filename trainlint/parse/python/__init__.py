"""Python text in, facts of modules, scripts and schemas out; nothing is imported or executed."""
