"""`python -m indexer`: the command `duizhao index` by itself."""

import sys

from indexer.cli.console import run
from indexer.cli.index import index_command

if __name__ == "__main__":
    sys.exit(run(index_command, "python -m indexer"))
