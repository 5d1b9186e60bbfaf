"""``python -m judge`` is the ``judge`` command."""

from judge.cli.main import process

if __name__ == "__main__":
    process()
