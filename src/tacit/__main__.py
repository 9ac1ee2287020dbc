"""Starts the command line."""


def main() -> None:
    """Run the `tacit` command."""
    from tacit.cli.app import run

    run()


if __name__ == "__main__":
    main()
