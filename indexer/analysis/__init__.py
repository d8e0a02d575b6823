"""Text to tokens; self-contained: imports nothing else of the project, no whoosh, no click."""

from indexer.analysis.analyzer import Analyzer, Streams
from indexer.analysis.folding import fold
from indexer.analysis.script import Run, Script, runs
from indexer.analysis.token import Token

__all__ = ["Analyzer", "Run", "Script", "Streams", "Token", "fold", "runs"]
