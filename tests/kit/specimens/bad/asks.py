"""A command that asks at the terminal."""

import click


@click.command("rotate", help="Rotate the files of a folder.")
@click.option("--folder", prompt="Which folder?", help="The folder.")
def rotate(folder):
    click.echo(folder)


MEANT, PLUGIN = "asks_nothing", rotate
