"""`python -m syncproof` is the command `syncproof`."""

from .cli import main

if __name__ == "__main__":
    main()
