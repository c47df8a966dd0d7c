"""The `triage` command: the engineers' tool, a client of the HTTP API like anybody's script.

It imports nothing from `tracker`. What every script may rely on: the exit codes of
`cli.exits`, and with `--json` the objects of the API, one on a line.
"""
