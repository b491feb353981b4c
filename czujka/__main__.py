"""`python -m czujka` is `czujka`."""

from czujka.cli import main

main()
