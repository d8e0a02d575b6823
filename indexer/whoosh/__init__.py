"""Adapters that let Whoosh's own searcher read our segments; only this room imports whoosh."""
