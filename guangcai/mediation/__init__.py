"""老娘舅: quarrels between neighbours, heard and settled; sealed to the mediator and the desk.

May import: commitments, ledger, members, places and below.
"""
