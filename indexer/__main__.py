"""`python -m indexer`: the command `duizhao index` by itself; imports cli and console."""

import sys

from indexer.cli import index_command
from indexer.console import run

if __name__ == "__main__":
    sys.exit(run(index_command, "python -m indexer"))
