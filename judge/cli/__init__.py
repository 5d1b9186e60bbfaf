"""The ``judge`` command.

main.py       binds the command line: language, options, exit statuses
commands/     one file a command; only the one that is called is imported
terminal.py   where text goes: language, colours, width, encodings, closed pipes
layout.py     columns that text takes up, and breaking it into lines
report.py     a report for people
markdown.py   statements, hints and explanations for people
judging.py    from a job to the lines of its report; watch.py: again whenever a file changes
solution.py   which file is judged, and reading it
progress.py   a line that tells how far the judging is
"""
