"""Guangcai (光彩家园): an act of service is written down once; every form is computed from it."""

__version__ = "0.1.0"
