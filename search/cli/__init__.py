"""The commands that search: they translate options, call the library and print."""
