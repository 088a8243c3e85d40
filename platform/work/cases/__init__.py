"""Cases: work that follows, from an alarm, a maintenance plan or a person."""
