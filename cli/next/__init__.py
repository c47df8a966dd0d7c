"""`triage next`: the queue, one report after another, on a full screen, a key for each deed."""
