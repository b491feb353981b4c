"""The front door: configuration, the pipeline on one screen, the sweeps that run it, the command line.

Start with `czujka.pipeline`; `czujka.cli` is what people type.
"""
