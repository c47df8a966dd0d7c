"""`python -m cli` is the `triage` command."""

from cli.main import main

main()
