"""认领: the pattern of every standing commitment: offered, held, ended; parties, terms, dates.

No tables of its own: posts, care and councils build theirs on `Commitment`. May import: ledger and below.
"""
