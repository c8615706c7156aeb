"""诉求: requests of residents from the first word to the last, which is the asker's.

May import: commitments, ledger, members, places and below.
"""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "guangcai.cases"
    label = "cases"
