"""What would have happened: a team's real arrivals replayed as a queue. Pure.

`axis` counts open time, `arrivals` say what really came and how it went, `learning` reads from
them how the team works, `queue` replays them, `figures` counts what came out of many replays.
"""
