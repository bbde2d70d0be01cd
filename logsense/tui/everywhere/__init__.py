"""What works on every page: the palette, an export, the clipboard. What leaves the screens, leaves here."""
