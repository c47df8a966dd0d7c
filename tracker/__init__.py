"""Orange Friday (橙色星期五): beta feedback that goes all the way to the build, and back."""

__version__ = "0.1.0"
