"""`python -m indexer`: the command `duizhao index` by itself; imports cli."""

import sys

from indexer.cli import index_command

if __name__ == "__main__":
    sys.exit(index_command.main(prog_name="python -m indexer"))
