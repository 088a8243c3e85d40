"""The stored rollups of a series: what a row holds, how rows are built and repaired, which of them a query reads."""
