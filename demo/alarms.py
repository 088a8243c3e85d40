"""The alarm rules of the demo's plant: for each of its faults what an operator would want to know, and what follows."""

from __future__ import annotations

from alarms.rules import repository
from alarms.rules.models import Applies, Armed, Deviation, Expression, InState, Limit, RuleContent
from demo.catalog import HARBOUR, RUNNING
from kernel.tenancy import TenantConnection

AUTHOR = "demo"
OWNER = "Plant engineering"
TRIPPED = RUNNING.index("Tripped")
MINUTE, HOUR = 60.0, 3_600.0

PUMP_TRIPPED = "Pump tripped"
PRESSURE_LOW = "Header pressure low"
CONDENSER_FOULED = "Condenser approach high"
VALVE_STUCK = "Coil valve does not follow its command"
SUPPLY_AIR_WARM = "Supply air too warm"
RETURN_DRIFTS = "Return temperature disagrees with the chillers"
SUPPLY_WATER_WARM = "Chilled water too warm"

_DISAGREES = " and ".join(f"({{CHWR-T}} - {{CH{n}-CHWR}} > 0.8 [K] or {{CH{n}-STS}} != 1)" for n in (1, 2))

RULES = (
    RuleContent(
        name=PUMP_TRIPPED,
        applies=Applies(site=HARBOUR.slug, asset_type="pump", pattern="*-STS"),
        trigger=InState(states=[TRIPPED]),
        off_delay_s=MINUTE,
        consequence="severe",
        urgency="3_to_10_min",
        enabled=True,
        instruction="Start the standby pump by hand. Close the tripped pump's valve, or water flows back through it.\n"
        "Then find out why it tripped before it is reset.",
        owner=OWNER,
    ),
    RuleContent(
        name=PRESSURE_LOW,
        applies=Applies(site=HARBOUR.slug, sensors=["CHWS-DP"]),
        trigger=Limit(side="low", limit=1.1, deadband=0.1, level="low"),
        on_delay_s=2 * MINUTE,
        off_delay_s=2 * MINUTE,
        consequence="major",
        urgency="3_to_10_min",
        enabled=True,
        instruction="The air handlers get too little water. Look for a tripped pump or a closed valve.",
        owner=OWNER,
    ),
    RuleContent(
        name=CONDENSER_FOULED,
        applies=Applies(site=HARBOUR.slug, asset_type="chiller", pattern="*-APP"),
        trigger=Limit(side="high", limit=2.5, deadband=0.4, level="high"),
        on_delay_s=15 * MINUTE,
        off_delay_s=10 * HOUR,
        armed=Armed(expression="{asset:STS} == 1", delay_s=15 * MINUTE),
        consequence="moderate",
        urgency="over_30_min",
        enabled=True,
        instruction="The chiller needs more power for the same load. Run the other one first.\nHave the tubes brushed.",
        owner=OWNER,
        description="The approach of a clean condenser stays below 1.8 K. The off-delay outlasts a night without load.",
    ),
    RuleContent(
        name=VALVE_STUCK,
        applies=Applies(site=HARBOUR.slug, asset_type="air_handler", pattern="*-POS"),
        trigger=Deviation(set_point="asset:CMD", limit=12.0, deadband=4.0),
        on_delay_s=10 * MINUTE,
        off_delay_s=10 * MINUTE,
        consequence="moderate",
        urgency="10_to_30_min",
        enabled=True,
        instruction="Exercise the valve from the controller. If it does not move, set it by hand and call maintenance.",
        owner=OWNER,
    ),
    RuleContent(
        name=SUPPLY_AIR_WARM,
        applies=Applies(site=HARBOUR.slug, asset_type="air_handler", pattern="*-SAT"),
        trigger=Limit(side="high", limit=17.0, deadband=0.5, level="high"),
        on_delay_s=20 * MINUTE,
        off_delay_s=15 * MINUTE,
        armed=Armed(expression="{asset:SPD} > 20 [%]", delay_s=45 * MINUTE),
        consequence="minor",
        urgency="10_to_30_min",
        enabled=True,
        instruction="Check the coil valve and the chilled-water supply of this air handler.",
        owner="Facility management",
    ),
    RuleContent(
        name=RETURN_DRIFTS,
        applies=Applies(site=HARBOUR.slug, sensors=["CHWR-T"]),
        trigger=Expression(expression=f"{_DISAGREES} and ({{CH1-STS}} == 1 or {{CH2-STS}} == 1)"),
        on_delay_s=30 * MINUTE,
        off_delay_s=HOUR,
        consequence="minor",
        urgency="over_30_min",
        enabled=True,
        instruction="The sensor reads more than the water that enters the chillers. Have it calibrated.\n"
        "Until then load and efficiency are wrong with it.",
        owner=OWNER,
    ),
    RuleContent(
        name=SUPPLY_WATER_WARM,
        applies=Applies(site=HARBOUR.slug, sensors=["CHWS-T"]),
        trigger=Deviation(set_point="CHWS-SP", side="above", limit=1.5, deadband=0.3),
        on_delay_s=15 * MINUTE,
        off_delay_s=15 * MINUTE,
        consequence="major",
        urgency="10_to_30_min",
        enabled=True,
        instruction="Start the second chiller if it is stopped.",
        owner=OWNER,
    ),
)  # fmt: skip


def ensure_rules(tenant: TenantConnection, now: int) -> bool:
    """Whether they were added: not where there are rules already, which are people's."""
    if repository.find(tenant):
        return False
    for content in RULES:
        repository.put(tenant, None, content, None, author=AUTHOR, now=now)
    return True
