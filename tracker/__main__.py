"""`python -m tracker` is `tracker`."""

from tracker.commands import main

if __name__ == "__main__":
    main()
