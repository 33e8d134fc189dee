"""``python -m web.command_line``: the command without its script."""

from web.command_line.main import main

main()
