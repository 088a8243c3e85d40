"""How well the alarms work: figures of EEMUA 191 and ISA-18.2, and what would make bad actors quiet."""
