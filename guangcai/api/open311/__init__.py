"""Cases in the dialect of Open311 GeoReport v2, for hotlines and other systems: services, requests, tokens.

Reading needs no key and tells nothing but public fields. Writing needs the key of a person who may raise cases in the
community meant. The richer model stays ours: open and closed are all the dialect knows of a state.
"""
