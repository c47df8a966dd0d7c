"""Bringing in what another system knows: device models, builds and reports, from files."""
