"""What can be done about finding people: propose, decide, choose another, send, drop; ask for one need; decline."""

from guangcai.invitations.commands.invitations import Ask, decline, invite
from guangcai.invitations.commands.review import choose, decide, drop, pin, propose_again, send
from guangcai.invitations.commands.rounds import propose_round, propose_rounds

__all__ = [
    "Ask",
    "choose",
    "decide",
    "decline",
    "drop",
    "invite",
    "pin",
    "propose_again",
    "propose_round",
    "propose_rounds",
    "send",
]
