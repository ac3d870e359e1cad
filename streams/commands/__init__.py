"""The commands of `supportpulse`, one module each, imported only when they are called: `--help` stays fast.

A module `streams/commands/<name with _>.py` defines one of
    def command(...) -> None            # a Typer-annotated function: `supportpulse <name> …`
    application = typer.Typer(...)      # a group: `supportpulse <name> list …`
and is listed with its one-line summary in `streams.command_line.COMMANDS`.

Options that every command spells alike are in `streams.commands.options`: `ConfigurationFile` (`--config`),
`Format` (`--format table|json`) and `settings_from`. The command line itself adds `--debug` to each command.
A command raises a `streams.errors.SupportPulseError` (exit code 1 or 2) for whatever goes wrong: it becomes
one line on standard error, or a traceback with `--debug`. For "done, but a problem was found" it raises
`typer.Exit(1)`.
"""
