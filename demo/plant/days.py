"""Solves one or more plant days: every true value of the plant, minute by minute.

Days are independent, so any window of time can be computed without its past. Shapes are (days, 1441): the last column
is the first minute of the next day as extrapolated by this one, for interpolation between minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.plant import chiller, clock, hydraulics, machines, sequence, tower
from demo.plant.faults import BACKFLOW, FaultEffects, duty_pumps, fault_effects
from demo.plant.load import DESIGN, Demand, demand
from demo.plant.machines import CP
from demo.plant.noise import Floats, Ints, key_of, smooth
from demo.plant.weather import Weather, weather

MINUTES = 1441
CWP_FLOW = 86.0  # l/s of one condenser pump; two share the pipes and deliver a little less each
_CWP = machines.Pump(shutoff=27.0, design_flow=86.0, design_head=22.0)
_MIXED_AIR, _SUPPLY_AIR, _OFF_AIR = 25.5, 13.0, 24.3  # degC


@dataclass(frozen=True, slots=True)
class Days:
    """True values by tag; the measured ones differ by noise, resolution and drift."""

    values: dict[str, Floats]
    states: dict[str, Floats]
    drift: Floats  # K on CHWR-T


@dataclass(frozen=True, slots=True)
class _Machines:
    """Which machine is which on these days: columns of shape (days, 1)."""

    lead: Ints  # 0 or 1: the chiller (and its tower and condenser pump) that runs first
    pumps: Ints  # (days, 3): lead, second, standby chilled-water pump


def solve_days(seed: int, first: int, count: int) -> Days:
    """`first` is the day's number since 1970 (UTC)."""
    days = first + np.arange(count, dtype=np.int64)
    t = days[:, None] * clock.DAY + np.arange(MINUTES, dtype=np.int64) * clock.MINUTE
    outside, wants, faults = weather(seed, t), demand(seed, t), fault_effects(seed, t)
    roles = _Machines(
        lead=(days % 2)[:, None],
        pumps=np.array([duty_pumps(clock.week_of(int(day) * clock.DAY)) for day in days], dtype=np.int64),
    )
    return _Solver(seed, t, outside, wants, faults, roles).days()


class _Solver:
    def __init__(
        self, seed: int, t: Ints, outside: Weather, wants: Demand, faults: FaultEffects, roles: _Machines
    ) -> None:
        self.seed, self.t, self.outside, self.faults, self.roles = seed, t, outside, faults, roles
        self.duty = _with_recovery(wants.duty, faults)
        self.on, self.occupied = wants.on, wants.occupied
        self.values: dict[str, Floats] = {}
        self.states: dict[str, Floats] = {}

    def days(self) -> Days:
        self._weather()
        self._sequence()
        self._chilled_water()
        self._condenser_water()
        self._pumps()
        self._air_handlers()
        self._totals()
        return Days(self.values, self.states, self.faults.drift)

    def _wander(self, name: str, period_s: float) -> Floats:
        return smooth(key_of(self.seed, f"hunt/{name}"), self.t, period_s)

    def _weather(self) -> None:
        self.values |= {
            "OA-T": self.outside.dry_bulb,
            "OA-RH": self.outside.humidity,
            "OA-WB": self.outside.wet_bulb,
        }
        self.values["CHWS-SP"] = reset_set_point(self.seed, self.t)

    def _sequence(self) -> None:
        load = np.sum(self.duty, axis=0)
        seen = load * (1.0 + self.faults.drift / 6.5)  # the controller trusts its sensors
        stages = [sequence.stage_chillers(day, chiller.CAPACITY) for day in seen]
        self.since_second = np.array([stage.since for stage in stages])
        self.open_second = np.array([stage.open for stage in stages])
        rough = np.maximum(load / (CP * 6.8), hydraulics.EVAPORATOR_MIN * (1.0 + self.open_second))
        self.duty_pumps = np.array(
            [
                sequence.stage_pumps(flow, busy, hydraulics.PUMP.design_flow)
                for flow, busy in zip(rough, self.occupied, strict=True)
            ]
        )
        self.second_on = (self.since_second >= 0.0).astype(np.float64)
        self.allowed = (np.ones(load.shape), sequence.soft_load(self.since_second))
        for number in (1, 2):
            leads = self.roles.lead == number - 1
            self.states[f"CH{number}-STS"] = np.where(leads, 1.0, self.second_on)
            self.states[f"IV{number}-STS"] = np.where(leads, 1.0, np.ceil(self.open_second))

    def _chilled_water(self) -> None:
        set_point = self.values["CHWS-SP"] + 0.07 * self._wander("chws", 480) + 0.03 * self._wander("chws2", 130)
        evaporators = 1.0 + self.open_second
        running = np.maximum(self.duty_pumps - (1.0 + BACKFLOW) * self.faults.waiting, 0.5)
        supply = set_point
        for _ in range(3):
            net, returned = self._coils(supply, running, evaporators)
            returned = sequence.lag(returned, 4.0)
            each = net.flow / evaporators
            flows = (each, each * self.open_second)
            leaving = [
                np.maximum(set_point, returned - share * chiller.CAPACITY / (np.maximum(flow, 0.1) * CP))
                for share, flow in zip(self.allowed, flows, strict=True)
            ]
            supply = (leaving[0] + self.open_second * leaving[1]) / evaporators
        self.net, self.supply, self.returned = net, supply, returned
        self.chiller_flow = flows
        self.leaving = leaving
        self.cooling = [
            flow * CP * np.maximum(returned - out, 0.0) * (share > 0.0)
            for flow, out, share in zip(self.chiller_flow, leaving, self.allowed, strict=True)
        ]
        self.values |= {
            "CHWS-T": supply,
            "CHWR-T": returned,
            "CHWS-F": net.flow,
            "CHWS-DP": net.dp,
            "BV1-POS": 100.0 * net.bypass_opening,
        }

    def _coils(self, supply: Floats, running: Floats, evaporators: Floats) -> tuple[hydraulics.Network, Floats]:
        drive = np.maximum((_MIXED_AIR - supply) / (_MIXED_AIR - 6.5), 0.15)
        demand = [machines.coil_flow(duty / (full * drive)) for duty, full in zip(self.duty, DESIGN, strict=True)]
        free = np.full(self.t.shape, np.nan)
        flow_demand = hydraulics.FlowDemand(
            tuple(demand), (free, free, self.faults.stuck_at, free), hydraulics.EVAPORATOR_MIN * evaporators
        )
        net = hydraulics.solve(flow_demand, running, evaporators, 0.018 * self._wander("dp", 200))
        self.delivered = [
            full * drive * machines.coil_duty(flow / rated) * fan
            for full, flow, rated, fan in zip(DESIGN, net.coil_flow, hydraulics.COIL_FLOW, self.on, strict=True)
        ]
        return net, supply + np.sum(self.delivered, axis=0) / (net.flow * CP)

    def _condenser_water(self) -> None:
        count = 1.0 + self.second_on
        flow = np.where(count > 1.0, 2.0 * 0.965 * CWP_FLOW, CWP_FLOW) * (1.0 + 0.004 * self._wander("cwf", 300))
        each = flow / count
        wet_bulb = self.outside.wet_bulb
        target = tower_set_point(wet_bulb) + 0.12 * self._wander("cws", 540)
        fouling = [self.faults.fouling * (self.roles.lead == 1), self.faults.fouling * (self.roles.lead == 0)]
        entering = target
        for _ in range(2):
            power = self._chiller_power(entering, each, fouling)
            heat = self.cooling[0] + self.cooling[1] + power[0] + power[1]
            point = tower.operate(heat / count, each, wet_bulb, target)
            entering = sequence.lag(point.water_out, 6.0)
        power = self._chiller_power(entering, each, fouling)
        self._chillers(power, entering, each, fouling)
        rejected = self.cooling[0] + self.cooling[1] + power[0] + power[1]
        self.values |= {"CWS-T": entering, "CWS-F": flow, "CWR-T": entering + rejected / (flow * CP)}
        self._towers(point.speed, entering)
        shaft = _CWP.shaft_power(each, np.ones(each.shape))
        for number in (1, 2):
            on = self.states[f"CH{number}-STS"]
            self.states[f"CWP{number}-STS"] = on
            self.values[f"CWP{number}-PWR"] = on * machines.electric_power(shaft, 30.0)

    def _chiller_power(self, entering: Floats, each: Floats, fouling: list[Floats]) -> list[Floats]:
        return [
            chiller.power(load, out, entering, each * CP, foul)
            for load, out, foul in zip(self.cooling, self.leaving, fouling, strict=True)
        ]

    def _chillers(self, power: list[Floats], entering: Floats, each: Floats, fouling: list[Floats]) -> None:
        for number in (1, 2):
            leads = self.roles.lead == number - 1
            on = self.states[f"CH{number}-STS"]
            electric = np.where(leads, power[0], power[1])
            heat = np.where(leads, self.cooling[0], self.cooling[1]) + electric
            approach = chiller.condenser_approach(heat, np.where(leads, fouling[0], fouling[1]))
            resting, standing = self._at_rest(on), self._at_rest(self.states[f"IV{number}-STS"])
            tag = f"CH{number}"
            self.values |= {
                f"{tag}-PWR": electric + 0.8 * (1.0 - on),  # the oil heater of a machine on standby
                f"{tag}-F": np.where(leads, self.chiller_flow[0], self.chiller_flow[1]),
                f"{tag}-CHWS": blend(np.where(leads, self.leaving[0], self.leaving[1]), 22.0, standing),
                f"{tag}-CHWR": blend(self.returned, 22.5, standing),
                f"{tag}-CWR": blend(entering + heat / (each * CP), self.outside.wet_bulb + 3.0, resting),
                f"{tag}-APP": blend(approach, 0.2, resting),
            }

    def _at_rest(self, on: Floats) -> Floats:
        """0 while a machine runs, approaching 1 over an hour or more after it stops, as its water warms up to room
        temperature. The one that is off when the day begins has just handed over the lead."""
        cooling_down = sequence.lag(1.0 - on, 100.0, start=0.0)
        return np.asarray(np.where(on > 0.0, 0.0, cooling_down), dtype=np.float64)

    def _towers(self, speed: Floats, entering: Floats) -> None:
        for number in (1, 2):
            on = self.states[f"CH{number}-STS"]
            turning = sequence.lag(speed * on, 1.5) * on
            tag = f"CT{number}"
            self.states[f"{tag}-STS"] = on
            self.values |= {
                f"{tag}-SPD": 100.0 * turning,
                f"{tag}-PWR": np.where(on > 0.0, machines.electric_power(machines.fan_power(turning, 13.6), 15.0), 0.0),
                f"{tag}-T": blend(entering, self.outside.wet_bulb + 1.5, self._at_rest(on)),
            }

    def _pumps(self) -> None:
        order, faults = self.roles.pumps, self.faults
        second = (self.duty_pumps > 1.0).astype(np.float64)
        standby = faults.tripped - faults.waiting
        for number in (1, 2, 3):
            is_lead, is_second = (order[:, [k]] == number - 1 for k in (0, 1))
            on = np.where(is_lead, 1.0 - faults.tripped, np.where(is_second, second, standby))
            tag = f"CHP{number}"
            self.states[f"{tag}-STS"] = np.where(is_lead & (faults.tripped > 0.0), 2.0, on)
            self.values |= {
                f"{tag}-SPD": 100.0 * self.net.speed * on,
                f"{tag}-PWR": on * machines.electric_power(self.net.shaft_kw, 37.0),
            }

    def _air_handlers(self) -> None:
        for number in (1, 2, 3, 4):
            k = number - 1
            on, demand = self.on[k], np.maximum(self.duty[k], 1.0)
            unmet = np.clip(1.0 - self.delivered[k] / demand, -0.05, 1.0)
            aim = _SUPPLY_AIR + 0.12 * self._wander(f"sat{number}", 420) + unmet * (_MIXED_AIR - _SUPPLY_AIR)
            supply = sequence.lag(np.where(on > 0.0, aim, _OFF_AIR), 7.0)
            wound_up = on * sequence.lag(np.clip(6.0 * (unmet - 0.05), 0.0, 1.0) * on, 9.0)  # integral action
            warm_rooms = sequence.lag(np.where(unmet > 0.06, 1.0, 0.0) * on, 35.0)
            fan = np.clip(0.38 + 0.62 * self.duty[k] / DESIGN[k] + 0.5 * warm_rooms, 0.0, 1.0) * on
            turning = sequence.lag(fan, 1.0)
            tag = f"AHU{number}"
            self.values |= {
                f"{tag}-SAT": supply,
                f"{tag}-CMD": 100.0 * np.maximum(self.net.command[k], wound_up),
                f"{tag}-POS": 100.0 * self.net.opening[k],
                f"{tag}-SPD": 100.0 * np.where(turning > 0.05, turning, 0.0),
            }

    def _totals(self) -> None:
        machines_kw = [kw for tag, kw in self.values.items() if tag.endswith("-PWR")]
        self.values["PLANT-PWR"] = np.sum(machines_kw, axis=0)


def _with_recovery(duty: tuple[Floats, ...], faults: FaultEffects) -> tuple[Floats, ...]:
    """Extra duty to cool down rooms that AHU-3's stuck valve left warm."""
    return (*duty[:2], duty[2] * (1.0 + 0.25 * faults.recovering), duty[3])


def tower_set_point(wet_bulb: Floats) -> Floats:
    """degC. The approach is wider in dry, cool air, which carries away less heat; the water is never below 20 degC."""
    return np.asarray(np.maximum(wet_bulb + 4.2 + 0.16 * np.maximum(28.0 - wet_bulb, 0.0), 20.0), dtype=np.float64)


def reset_set_point(seed: int, t: Ints) -> Floats:
    """Chilled-water supply set point: 6.5 degC on hot days, up to 8 when it is cool; updated every half hour in
    steps of 0.5 K, from the outside air of the last two hours."""
    half_hour = t // (30 * clock.MINUTE) * (30 * clock.MINUTE)
    air = np.mean([weather(seed, half_hour - lag * clock.MINUTE).dry_bulb for lag in (0, 40, 80, 120)], axis=0)
    return np.asarray(np.round(np.clip(6.5 + 0.12 * (30.0 - air), 6.5, 8.0) * 2.0) / 2.0, dtype=np.float64)


def blend(running: Floats, resting: Floats | float, share: Floats) -> Floats:
    return np.asarray(running + (resting - running) * share, dtype=np.float64)
