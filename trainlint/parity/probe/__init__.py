"""What runs inside a watched process: the only part of trainlint that meets torch and a user's running code.

It is loaded by path under a name of its own, imports nothing else of trainlint, draws no random number,
reorders nothing, and writes what it sees into the folder that the plan names.
"""
