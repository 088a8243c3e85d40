"""The live stream: which values, jobs and tenants change, as they change (ADR 71).

`process` is a process of its own without Django, which holds the connections. The views here answer its questions: who
asks, and what it must know of the sensors.
"""
