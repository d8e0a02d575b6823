"""The entry point of the command `duizhao`; `search.cli.main` has its commands."""

from indexer.cli.interrupt import exit_on_interrupt

exit_on_interrupt()  # before the imports, because Ctrl-C may arrive while they run

from search.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()
