"""Entry point of `python -m loader`."""

from loader.cli import app

if __name__ == "__main__":
    app(prog_name="python -m loader")
