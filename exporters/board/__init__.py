"""The live board: one page, and the stream of views that feeds it."""
