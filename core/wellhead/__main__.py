"""`python -m wellhead` is the `wellhead` command."""

from wellhead.cli import main

if __name__ == "__main__":
    main()
