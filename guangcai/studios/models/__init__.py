"""Tables of studios: the studio, who sits there, the numbers of a session."""

from guangcai.studios.models.rota import RotaPlace
from guangcai.studios.models.studio import Studio, StudioKind
from guangcai.studios.models.ticket import Ticket

__all__ = ["RotaPlace", "Studio", "StudioKind", "Ticket"]
