"""Does a post of ours read like the one it was filed from? `python -m tests.likeness FILE`."""
