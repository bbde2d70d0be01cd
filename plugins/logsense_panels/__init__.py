"""The bundled panels: a map of services over time. Light to import: Textual is loaded with the widget."""

from logsense.api import Analysis, Panel, hookimpl


class HeatMap:
    """Services × time: how many records there are, and which of them tell of trouble."""

    name = "heat"
    title = "services over time"

    def widget(self, analysis: Analysis) -> object:
        """The map."""
        from logsense_panels.heat import Heat

        return Heat(analysis)


@hookimpl
def register_panels() -> list[type[Panel]]:
    """The classes."""
    return [HeatMap]
