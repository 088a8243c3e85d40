"""The process that holds the connections of viewers. It loads neither Django nor the catalog."""
