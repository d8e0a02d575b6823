"""`python -m indexer`: the command `duizhao index` by itself."""

from indexer.cli.interrupt import exit_on_interrupt, run_process

exit_on_interrupt()  # before the imports, because Ctrl-C may arrive while they run

from indexer.cli.console import run  # noqa: E402
from indexer.cli.index import index_command  # noqa: E402

if __name__ == "__main__":
    run_process(lambda: run(index_command, "python -m indexer"))
