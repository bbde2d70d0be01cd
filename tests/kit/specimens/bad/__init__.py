"""Plugins with one fault each, a file each: ``PLUGIN``, and ``MEANT``, the one check that it must fail."""
