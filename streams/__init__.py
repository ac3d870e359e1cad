"""The composition root: settings, codec, Faust transport and tables, agents, command line."""
