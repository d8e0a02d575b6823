"""The entry point of the command `duizhao`; `search.cli.main` has its commands."""

from indexer.cli.interrupt import exit_on_interrupt, run_process

exit_on_interrupt()  # before the imports, because Ctrl-C may arrive while they run

from search.cli.main import main as run_command_line  # noqa: E402


def main() -> None:
    """Run the command line and end the process."""
    run_process(run_command_line)


if __name__ == "__main__":
    main()
