"""`python -m trainlint`: the same as the `trainlint` command."""

from trainlint.cli.main import main

if __name__ == "__main__":
    main()
