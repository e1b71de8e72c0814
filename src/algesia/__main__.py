"""`python -m algesia` is the command line."""

from algesia.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
